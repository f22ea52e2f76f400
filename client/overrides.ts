/** Settings given on the command line, `--set section.key=value`. */
import type { Overrides } from "../cluster/settings/layers.ts";
import type { Outcome } from "../wire/types.ts";

/** Refuses a text without `=` or given twice; whether there is such a key is for the configuration to say. */
export function overridesOf(texts: readonly string[]): Outcome<Overrides> {
  const overrides: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1)
      return { ok: false, reason: `--set ${text}: write section.key=value, for example --set log.level=warn` };
    const key = text.slice(0, at);
    if (Object.hasOwn(overrides, key)) return { ok: false, reason: `--set ${key}: is given twice; leave one out` };
    overrides[key] = text.slice(at + 1);
  }
  return { ok: true, value: overrides };
}
