/** Where settings come from: a flag goes over an environment variable, that over the file, that over the default. */
import type { AnySections, Setting } from "./setting.ts";

/** `section.key` to the text given for it, as in `{ "consensus.heartbeatMs": "50" }`. */
export type Overrides = Readonly<Record<string, string>>;
export type Environment = Readonly<Record<string, string | undefined>>;

export type Origin = "default" | "file" | { readonly variable: string } | "flag";

/** A table of TOML as it was parsed. */
export type Table = Readonly<Record<string, unknown>>;

export type Given = { readonly value: unknown; readonly origin: Origin };

/** The variable that sets a key: `JUNO_CONSENSUS_HEARTBEAT_MS` for `heartbeatMs` of `[consensus]`. */
export function variableOf(section: string, key: string): string {
  const snake = (word: string) => word.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  return `JUNO_${snake(section)}_${snake(key)}`;
}

/** What is given for a key of a table; undefined where no layer has it. */
export function givenFor(
  section: string,
  key: string,
  setting: Setting<unknown>,
  table: Table,
  env: Environment,
  overrides: Overrides,
): Given | undefined {
  const flag = ownValue(overrides, `${section}.${key}`);
  if (flag !== undefined) return { value: valueOfText(setting, flag), origin: "flag" };
  const variable = variableOf(section, key);
  const text = ownValue(env, variable);
  if (text !== undefined) return { value: valueOfText(setting, text), origin: { variable } };
  const value = ownValue(table, key);
  if (value !== undefined) return { value, origin: "file" };
  return setting.fallback === undefined ? undefined : { value: setting.fallback, origin: "default" };
}

/** The value under a key that the record itself has; inherited ones, such as `constructor`, do not count. */
export function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text stays one where no number is in it, so that the refusal can show it. */
function valueOfText(setting: Setting<unknown>, text: string): unknown {
  const type = "type" in setting.schema ? setting.schema.type : "string";
  if (type === "integer") return numberOrText(text);
  if (type === "array")
    return text
      .replace(/^\s*\[|\]\s*$/g, "")
      .split(",")
      .map(numberOrText);
  return text;
}

function numberOrText(text: string): number | string {
  return /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text;
}

/** Names of flags and variables that mean a section of ours but no key of it, each with the names it could mean. */
export function unknownNames(
  sections: AnySections,
  env: Environment,
  overrides: Overrides,
): { readonly name: string; readonly known: readonly string[] }[] {
  const tables = Object.entries(sections).filter(([, section]) => section.kind !== "list");
  const flags = tables.flatMap(([name, section]) => Object.keys(section.settings).map((key) => `${name}.${key}`));
  const unknown = Object.keys(overrides)
    .filter((name) => !flags.includes(name))
    .map((name) => ({ name, known: flags }));
  for (const [name, section] of tables) {
    const known = Object.keys(section.settings).map((key) => variableOf(name, key));
    // Other variables with our prefix belong to others, such as the client's to a node.
    const prefix = variableOf(name, "");
    for (const variable of Object.keys(env)) {
      if (variable.startsWith(prefix) && !known.includes(variable)) unknown.push({ name: variable, known });
    }
  }
  return unknown;
}
