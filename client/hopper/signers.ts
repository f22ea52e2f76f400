/** Who signs, as people say it. */

/** `alice` stands for `key("alice")`; anything else is an expression of the language. */
export function principalOf(said: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(said) ? `key(${JSON.stringify(said)})` : said;
}
