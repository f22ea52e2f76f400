/** Hints for what people write who know other languages. */
const advice: ReadonlyMap<string, string> = new Map([
  [";", "one statement stands on a line, without a semicolon"],
  ["'", 'a text stands in "double quotes"'],
  ["`", 'a text stands in "double quotes"'],
  ['"', 'a text ends on its line; after a backslash stands ", \\, n or t'],
  ["%", "a fraction is written without spaces, 1%3; a remainder is mod(a, b)"],
  ["&", "and is `&&`"],
  ["|", "or is `||`"],
  ["return", "the last expression of a body is its result"],
  ["const", "use `let`"],
  ["var", "use `let`"],
  ["function", "use `fn`, or `proc` where tables change"],
  ["import", "use `use`"],
  ["while", "use `for x in list, acc = start { ... }`"],
  ["assert", "use `require condition else Fault`"],
  ["throw", "use `fail Fault`"],
  ["/", "a comment begins with `--`"],
  ["=", "equality is `==`; a name is given by `let name = value`"],
]);

/** Of an error at `text`, the token behind `before`, where `expected` should stand. */
export function adviceFor(text: string, before?: string, expected = ""): string | undefined {
  if (text === "=" && !/else|then|`\)`|new line/.test(expected)) return undefined;
  return (before !== undefined && /^[a-z]/.test(before) ? advice.get(before) : undefined) ?? advice.get(text);
}
