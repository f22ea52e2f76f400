/** What Tab proposes at the prompt. */
import { builtInFunctions } from "../check/built-in-functions.ts";
import type { CheckedModule } from "../check/checked-module.ts";
import { aliasesOf, commandsOf, type Session } from "./session.ts";

/** Words of the prompt itself, with what they do. */
export const promptWords = {
  ":help": "this list",
  ":t EXPRESSION": "its type, or a signature, without running anything",
  ":as NAME, …": 'who signs from now on: alice stands for key("alice"); alone, nobody',
  ":at TIME": "what time it is from now on, as in 2026-11-23T12:00Z; alone, 1970",
  ":undo": "takes back the last line that changed something",
  ":state": "all rows of all tables",
  ":load FILE": "a module, on a fresh machine",
  ":quit": "ends, as Ctrl-D does",
} as const;

const lineWords = ["let ", "use ", "as ", "call ", "get ", "put ", "data ", "table ", "fn ", "proc ", "command "];

/** Candidates for the end of a line, and the part of the line that they stand for, as readline wants them. */
export function completeLine(session: Session, line: string): [string[], string] {
  const word = /[\p{L}\p{N}_.:]*$/u.exec(line.slice(-200))?.[0] ?? "";
  const isFirst = word.length === line.length;
  const known = isFirst ? [...Object.keys(promptWords).map((one) => one.split(" ")[0] ?? one), ...lineWords] : [];
  const all = new Set([...known, ...namesOf(session)]);
  return [word === "" ? [] : [...all].filter((one) => one.startsWith(word)).sort(), word];
}

function namesOf(session: Session): readonly string[] {
  const { core } = session.base.module;
  const shown = ({ types, values }: CheckedModule): string[] => [...types.keys(), ...values.keys()];
  const foreign = [...aliasesOf(session)].flatMap(([alias, { module }]) =>
    shown(module).map((name) => `${alias}.${name}`),
  );
  return [
    ...session.lets.map(({ name }) => name),
    ...commandsOf(session).keys(),
    ...shown(session.base.module),
    ...core.functions.map(({ name }) => name),
    ...core.tables.map(({ name }) => name),
    ...foreign,
    ...builtInFunctions().map(({ name }) => name),
  ];
}
