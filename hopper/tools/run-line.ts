/** What a line at the prompt means: a definition, a command called by simulated signers, or any other expression. */
import { showType } from "../core/type.ts";
import { lowerModule, lowerTests } from "../lower/lower-module.ts";
import { type Called, callStep } from "../run/run-tests.ts";
import { commandsOf, compileLine, installVersion, pastOf, type Refused, type Session } from "./session.ts";

export type Ran =
  | Refused
  /** Something has a name now. */
  | { readonly defined: string }
  /** `value` is undefined where it failed. */
  | { readonly type: string; readonly called: Called };

const name = String.raw`[\p{L}_][\p{L}\p{N}_]*`;
const letLine = new RegExp(`^let\\s+(${name})\\s*=(?!=)\\s*`, "u");
const callLine = new RegExp(`^(${name}(?:\\.${name})?)\\s*\\(`, "u");
const definitionLine = /^(?:pub|data|asset|table|event|fn|rec|proc|command|law|test|interface|migrate)\s/;

export function runLine(session: Session, typed: string): Ran {
  const line = typed.trim();
  if (/^use\s/.test(line)) return define(session, line, afterHead(session.base.text));
  if (definitionLine.test(line)) return define(session, line, session.base.text.length);
  const binding = letLine.exec(line);
  if (binding !== null) return bind(session, binding[1] ?? "", line.slice(binding[0].length));
  if (/^(?:as|call|at)\s+[^(]/.test(line) && /\bcall\s/.test(line)) return callCommand(session, "", line);
  const called = callLine.exec(line)?.[1];
  if (called !== undefined && commandsOf(session).has(called))
    return callCommand(session, `${givenOf(session)}call `, line);
  return evaluate(session, line);
}

/** The type of an expression, or a function's or command's signature. */
export function typeOf(session: Session, typed: string): { readonly type: string } | Refused {
  const expression = typed.trim();
  const signature = signatureOf(session, expression);
  if (signature !== undefined) return { type: signature };
  const { before, after } = asCommand(session, expression);
  const compiled = compileLine(session, `${before}${expression}${after}`, expression, before.length);
  if ("refused" in compiled) return compiled;
  const command = compiled.module.core.commands.at(-1);
  if (command === undefined) throw new Error("assert: the line is a command");
  return { type: showType(command.result) };
}

function signatureOf(session: Session, word: string): string | undefined {
  const shown = (params: readonly { readonly name: string; readonly type: Parameters<typeof showType>[0] }[]): string =>
    params.map((one) => `${one.name} : ${showType(one.type)}`).join(", ");
  const command = commandsOf(session).get(word);
  if (command !== undefined) return `command ${word} (${shown(command.params)}) -> ${showType(command.result)}`;
  const found = session.base.module.core.functions.find((one) => one.name === word);
  if (found === undefined) return undefined;
  return `${found.form} ${word} (${shown(found.signature.params)}) -> ${showType(found.signature.result)}`;
}

function define(session: Session, line: string, at: number): Ran {
  const { base } = session;
  const past = pastOf(session);
  const before = `${base.text.slice(0, at)}\n`;
  const compiled = compileLine(session, `${before}${line}\n${base.text.slice(at)}`, line, before.length);
  if ("refused" in compiled) return compiled;
  session.past.push(past);
  session.base = compiled;
  session.library.known.set(compiled.file, compiled);
  installVersion(session, lowerModule(compiled.module), compiled.module.core.imports);
  return { defined: line.split("\n")[0] ?? line };
}

/** Behind the line that begins with `module`. */
function afterHead(text: string): number {
  const start = /^(?:\s|--[^\n]*\n)*/.exec(text)?.[0].length ?? 0;
  const end = text.indexOf("\n", start);
  return end < 0 ? text.length : end;
}

/** Names what needs no tables: it is worked out anew wherever it is used. */
function bind(session: Session, bound: string, expression: string): Ran {
  const before = `${session.base.text}\ntest "line" {\n${letsFor(session, expression)}  let ${bound} = `;
  const pure = compileLine(session, `${before}${expression}\n}\n`, expression, before.length);
  if ("refused" in pure) return pure;
  const ran = evaluate(session, expression);
  if ("called" in ran && ran.called.outcome.value !== undefined) {
    session.past.push(pastOf(session));
    session.lets = [...session.lets, { name: bound, text: expression }];
  }
  return ran;
}

/** A step as tests have them. */
function callCommand(session: Session, lead: string, line: string): Ran {
  const before = `${session.base.text}\ntest "line" {\n${letsFor(session, `${lead}${line}`)}  ${lead}`;
  return runStep(session, `${before}${line}\n  expect ok\n}\n`, line, before.length);
}

function evaluate(session: Session, line: string): Ran {
  const { before, after } = asCommand(session, line);
  return runStep(session, `${before}${line}${after}`, line, before.length);
}

const promptCommand = "promptLine";

/** A command of its own, and a test that calls it. */
function asCommand(session: Session, line: string): { readonly before: string; readonly after: string } {
  const given = givenOf(session);
  const [only, ...others] = session.signers;
  const who = others.length === 0 ? only : `atLeast(${session.signers.length}, [${session.signers.join(", ")}])`;
  // Evidence is worked out before the lets are, and so it cannot use them.
  const signed = who === undefined || letsUsed(session, who).length > 0 ? "" : ` signed by ${who}`;
  return {
    before: `${session.base.text}\ncommand ${promptCommand} ()${signed} =\n${letsFor(session, line)}  `,
    after: `\ntest "line" {\n${letsFor(session, given)}  ${given}call ${promptCommand}() expect ok\n}\n`,
  };
}

/** Who signs and when, as a test's step says it. */
function givenOf({ signers, time }: Session): string {
  return `${signers.length === 0 ? "" : `as ${signers.join(", ")} `}${time === undefined ? "" : `at ${time} `}`;
}

function letsFor(session: Session, text: string): string {
  return letsUsed(session, text)
    .map(({ name: bound, text: value }) => `  let ${bound} = ${value}\n`)
    .join("");
}

/** Those that a text needs, and those that they need; of one name the later one hides the earlier. */
function letsUsed({ lets }: Session, text: string): Session["lets"] {
  const needed = new Set<string>();
  const look = (within: string): void => {
    const bare = within.replace(/"(?:[^"\\]|\\.)*"/g, "");
    for (const [word] of bare.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) {
      if (needed.has(word)) continue;
      needed.add(word);
      for (const one of lets) if (one.name === word) look(one.text);
    }
  };
  look(text);
  return lets.filter((one) => needed.has(one.name));
}

/** Compiles a text whose last test is one call, and carries it out. */
function runStep(session: Session, text: string, line: string, offset: number): Ran {
  const compiled = compileLine(session, text, line, offset);
  if ("refused" in compiled) return compiled;
  const { machine, base } = session;
  const past = pastOf(session);
  const { module: ir, tests } = lowerTests(compiled.module);
  const [step, another] = tests.at(-1)?.steps ?? [];
  if (step?.kind !== "call" || another !== undefined) return { refused: "this is not a single call" };
  installVersion(session, ir, compiled.module.core.imports);
  const called = callStep(machine, ir, step);
  if (ir.hash !== base.module.hash) machine.modules.delete(ir.hash);
  installVersion(session, lowerModule(base.module), base.module.core.imports);
  if (typeof called === "string") return { refused: called };
  const { changes } = called.outcome;
  if (changes.length > 0) session.past.push({ ...past, changes });
  const { module: hash, index } = step.command;
  const of = hash === null ? compiled : base.uses.find(({ module }) => module.hash === hash);
  const command = of?.module.core.commands[index];
  if (command === undefined) throw new Error("assert: the command that ran is one of its module");
  return { type: showType(command.result), called };
}
