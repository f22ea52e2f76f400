/** What a command comes to: people read its text, programs its changes. */

/** One row before and after a command, as it is shown; null where it does not exist. Never both the same. */
export type Change = { readonly key: string; readonly before: string | null; readonly after: string | null };

/** `diff` is in code point order of its keys, each once; it is empty where `ok` is false. */
export type Outcome = { readonly ok: boolean; readonly text: string; readonly diff: readonly Change[] };

export function failed(text: string): Outcome {
  return { ok: false, text, diff: [] };
}
