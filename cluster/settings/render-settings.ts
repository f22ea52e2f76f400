/** Writes settings as a readable TOML file: each section and each key with its comment. */
import { stringify } from "smol-toml";
import { isTable, type Table } from "./layers.ts";
import type { Origins } from "./read-settings.ts";
import type { AnySection, AnySections, SectionsOf } from "./setting.ts";

/**
 * The whole file, which `readSettings` reads back to the same settings. An optional section or a list without items is
 * shown commented out. With `origins`, each key of a table also tells where its value came from.
 */
export function renderSettings<T extends object>(
  title: string,
  sections: SectionsOf<T>,
  settings: T,
  origins?: Origins,
): string {
  const known: AnySections = sections;
  const values: Table = Object.fromEntries(Object.entries(settings));
  const parts = Object.entries(known).map(([name, section]) => renderSection(name, section, values[name], origins));
  const head = [
    title,
    "Paths are relative to this file. An environment variable goes over a key: JUNO_SECTION_KEY, as in JUNO_LOG_LEVEL.",
  ];
  return [head.map(comment).join(""), ...parts].join("\n");
}

function renderSection(name: string, section: AnySection, value: unknown, origins: Origins | undefined): string {
  const about = comment(section.about);
  if (section.kind !== "list") {
    if (isTable(value)) return `${about}[${name}]\n${renderKeys(name, section, value, origins)}`;
    return about + commentedOut(`[${name}]\n${renderSample(section)}`);
  }
  const items = Array.isArray(value) ? value.filter(isTable) : [];
  if (items.length === 0) return about + commentedOut(`[[${name}]]\n${renderSample(section)}`);
  // Comments once, above all items: the keys of a list say the same in each.
  const keys = Object.entries(section.settings).map(([key, setting]) => comment(`${key}: ${setting.about}`));
  return about + keys.join("") + items.map((item) => `[[${name}]]\n${stringify(item)}`).join("\n");
}

function renderKeys(name: string, section: AnySection, table: Table, origins: Origins | undefined): string {
  return Object.entries(section.settings)
    .map(([key, setting]) => comment(setting.about) + keyLine(key, table[key], originOf(name, key, origins)))
    .join("");
}

function renderSample(section: AnySection): string {
  return Object.entries(section.settings)
    .map(([key, setting]) => comment(setting.about) + keyLine(key, setting.fallback ?? setting.sample, ""))
    .join("");
}

function keyLine(key: string, value: unknown, remark: string): string {
  return `${stringify({ [key]: value }).trimEnd()}${remark}\n`;
}

function originOf(section: string, key: string, origins: Origins | undefined): string {
  const origin = origins?.get(`${section}.${key}`);
  if (origin === undefined) return "";
  return `  # from ${typeof origin === "object" ? origin.variable : origin}`;
}

function comment(text: string): string {
  return `# ${text}\n`;
}

function commentedOut(text: string): string {
  return text.replace(/^(?!# )/gm, "# ").replace(/^# $/gm, "");
}
