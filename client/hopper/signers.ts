/** Who signs, as people say it. */

/** `alice` stands for `key("alice")`; anything else is an expression of the language. */
export function principalOf(said: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(said) ? `key(${JSON.stringify(said)})` : said;
}

/** Several of them, parted by commas; those inside brackets and texts part nothing. */
export function principalsOf(said: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const [piece] of said.matchAll(/"(?:[^"\\]|\\.)*"|[\s\S]/gu)) {
    if ("([{".includes(piece)) depth++;
    else if (")]}".includes(piece)) depth--;
    if (piece === "," && depth === 0) parts.push("");
    else parts.push(`${parts.pop() ?? ""}${piece}`);
  }
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(principalOf);
}
