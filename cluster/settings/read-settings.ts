/** Reads a configuration file and what goes over it, and says of every mistake where it is and how to mend it. */
import { dirname, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
// The schema entry alone: typebox as a whole takes 145 ms to load, this 60 ms (Node 26, one slow core).
import { Check } from "typebox/schema";
import type { Outcome } from "../../wire/types.ts";
import { didYouMean } from "./closest-word.ts";
import {
  type Environment,
  type Given,
  givenFor,
  isTable,
  type Origin,
  type Overrides,
  ownValue,
  type Table,
  unknownNames,
} from "./layers.ts";
import type { AnySection, AnySections, SectionsOf, Setting } from "./setting.ts";

export type Sources = {
  /** The file's path, from which its relative paths start. */
  readonly file: string;
  readonly text: string;
  readonly env: Environment;
  readonly overrides: Overrides;
};

/** A contradiction between settings that are each fine; `reason` says what must be. */
export type Contradiction = {
  readonly section: string;
  readonly key: string;
  /** Which one of a list, from 0. */
  readonly item?: number;
  readonly reason: string;
};

/** Where each `section.key` of a table came from. */
export type Origins = ReadonlyMap<string, Origin>;

type Reading = { readonly sources: Sources; readonly flaws: string[]; readonly origins: Map<string, Origin> };

/** Refusals have one line for each mistake, all of them at once, so that a file is mended in one go. */
export function readSettings<T>(
  sections: SectionsOf<T>,
  sources: Sources,
  contradictions: (settings: T) => readonly Contradiction[],
): Outcome<{ readonly settings: T; readonly origins: Origins }> {
  const root = parseToml(sources);
  if (!root.ok) return root;
  const reading: Reading = { sources, flaws: [], origins: new Map() };
  const known: AnySections = sections;
  noteUnknown(reading, known, root.value);
  const settings: Record<string, unknown> = {};
  for (const [name, section] of Object.entries(known)) {
    const value =
      section.kind === "list"
        ? readList(reading, name, section, root.value)
        : readTable(reading, name, section, root.value);
    if (value !== undefined) settings[name] = value;
  }
  if (reading.flaws.length > 0) return refuse(reading);
  // Every section and key was checked against the very schemas that make up T.
  const checked = settings as T;
  for (const { section, key, item, reason } of contradictions(checked)) {
    const where = item === undefined ? label(reading, section, key) : itemLabel(section, item, key);
    note(reading, where, reason, valueAt(settings[section], key, item));
  }
  return reading.flaws.length > 0
    ? refuse(reading)
    : { ok: true, value: { settings: checked, origins: reading.origins } };
}

function refuse({ sources, flaws }: Reading): Outcome<never> {
  return { ok: false, reason: flaws.map((flaw) => `${sources.file}: ${flaw}`).join("\n") };
}

function parseToml({ file, text }: Sources): Outcome<Table> {
  try {
    return { ok: true, value: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split("\n", 1)[0]?.replace("Invalid TOML document: ", "");
    return { ok: false, reason: `${file}:${error.line}:${error.column}: not TOML: ${what}; correct that line` };
  }
}

function noteUnknown({ sources, flaws }: Reading, sections: AnySections, root: Table): void {
  for (const name of Object.keys(root)) {
    if (!Object.hasOwn(sections, name))
      flaws.push(`[${name}]: unknown section; ${didYouMean(name, Object.keys(sections))}`);
  }
  for (const { name, known } of unknownNames(sections, sources.env, sources.overrides)) {
    flaws.push(`${name}: unknown setting; ${didYouMean(name, known)}`);
  }
}

function readTable(reading: Reading, name: string, section: AnySection, root: Table): Table | undefined {
  const raw = ownValue(root, name);
  const table = raw ?? {};
  if (!isTable(table)) {
    reading.flaws.push(`[${name}]: must be a section; write [${name}] on a line of its own`);
    return undefined;
  }
  noteUnknownKeys(reading, `[${name}]`, section, table);
  const { env, overrides } = reading.sources;
  const given = Object.entries(section.settings).map(
    ([key, setting]) => [key, setting, givenFor(name, key, setting, table, env, overrides)] as const,
  );
  const asked = raw !== undefined || given.some(([, , it]) => it !== undefined && it.origin !== "default");
  if (section.kind === "optional" && !asked) return undefined;
  const values: Record<string, unknown> = {};
  for (const [key, setting, it] of given) {
    if (it !== undefined) reading.origins.set(`${name}.${key}`, it.origin);
    values[key] = checked(reading, label(reading, name, key), key, setting, it);
  }
  return values;
}

function readList(reading: Reading, name: string, section: AnySection, root: Table): readonly Table[] | undefined {
  const items = ownValue(root, name) ?? [];
  if (!Array.isArray(items) || !items.every(isTable)) {
    reading.flaws.push(`[[${name}]]: must be a list; write [[${name}]], with two brackets, before each item`);
    return undefined;
  }
  return items.map((item, i) => {
    noteUnknownKeys(reading, `[[${name}]] number ${i + 1}:`, section, item);
    const entries = Object.entries(section.settings).map(([key, setting]) => {
      const value = ownValue(item, key);
      const given: Given | undefined = value === undefined ? undefined : { value, origin: "file" };
      return [key, checked(reading, itemLabel(name, i, key), key, setting, given)];
    });
    return Object.fromEntries(entries);
  });
}

function noteUnknownKeys({ flaws }: Reading, where: string, section: AnySection, table: Table): void {
  const known = Object.keys(section.settings);
  for (const key of Object.keys(table)) {
    if (!known.includes(key)) flaws.push(`${where} ${key}: unknown key; ${didYouMean(key, known)}`);
  }
}

function checked(
  reading: Reading,
  where: string,
  key: string,
  setting: Setting<unknown>,
  given: Given | undefined,
): unknown {
  if (given === undefined) {
    const write =
      "type" in setting.schema && setting.schema.type === "integer" ? `${key} = ${setting.sample}` : `${key} = "..."`;
    reading.flaws.push(`${where}: is missing; must be ${setting.expects}; write ${write}`);
    return undefined;
  }
  const { value, origin } = given;
  const reason = Check(setting.schema, value) ? setting.check?.(value) : `must be ${setting.expects}`;
  if (reason !== undefined) note(reading, where, reason, value);
  if (reason !== undefined || setting.isPath === undefined || typeof value !== "string") return value;
  return origin === "file" || origin === "default" ? resolve(dirname(reading.sources.file), value) : resolve(value);
}

function note({ flaws }: Reading, where: string, reason: string, value: unknown): void {
  const shown = JSON.stringify(value) ?? "nothing";
  flaws.push(`${where}: ${reason}; is ${shown.length > 80 ? `${shown.slice(0, 77)}...` : shown}`);
}

/** Names the key as the file has it, and what set it instead of the file. */
function label({ origins }: Reading, section: string, key: string): string {
  const origin = origins.get(`${section}.${key}`);
  if (origin === "flag") return `[${section}] ${key} (set by a flag)`;
  return typeof origin === "object" ? `[${section}] ${key} (set by ${origin.variable})` : `[${section}] ${key}`;
}

function itemLabel(section: string, item: number, key: string): string {
  return `[[${section}]] number ${item + 1}: ${key}`;
}

function valueAt(section: unknown, key: string, item: number | undefined): unknown {
  const table: unknown = Array.isArray(section) ? section[item ?? -1] : section;
  return isTable(table) ? table[key] : undefined;
}
