/**
 * Questions to contracts: an expression in the language of a published module, worked out on what the contracts hold now. They stay
 * as they are: the module is checked with the expression in it, for this one look, and interpreted.
 *
 *   question = path || line feed || expression        UTF-8, as "std/coin\nget purse[usd, alice]"
 */
import type { CheckedModule } from "../check/checked-module.ts";
import { checkModule, type Imports } from "../check/module.ts";
import { compareCodePoints } from "../demo/code-points.ts";
import { failed, type Outcome } from "../demo/outcome.ts";
import { decodeUtf8 } from "../demo/utf8.ts";
import type { IrCommand, IrModule } from "../ir/ir.ts";
import { lowerModule } from "../lower/lower-module.ts";
import type { Linked } from "../run/execution.ts";
import { interpret } from "../run/interpret.ts";
import { attempt, moduleNamed } from "../run/machine.ts";
import { type Contracts, faultText, placeOf, shownValue } from "./contracts.ts";

export type Question = { readonly module: string; readonly expression: string };

/** A tenth of what a command may take. */
export const queryGas = 1_000_000;

/** Undefined where the bytes are none. */
export function decodeQuestion(bytes: Uint8Array): Question | undefined {
  const decoded = decodeUtf8(bytes);
  const end = decoded.ok ? decoded.text.indexOf("\n") : -1;
  if (!decoded.ok || end < 0) return undefined;
  return { module: decoded.text.slice(0, end), expression: decoded.text.slice(end + 1) };
}

/** What comes of it, with the same words on every node that has applied the same commands. Total; changes nothing. */
export function answerQuestion(contracts: Contracts, question: Question, now: number): Outcome {
  const { machine } = contracts;
  const published = moduleNamed(machine, question.module);
  if (published === undefined)
    return failed(`Error: no module ${question.module} is published${knownPaths(contracts)}`);
  const asked = compiled(contracts, published, question.expression);
  if ("refused" in asked) return failed(asked.refused);
  const { linked, command } = asked;
  const circumstances = { signers: new Set<string>(), now, gasLimit: queryGas };
  const ran = attempt(machine, circumstances, false, (execution) => interpret(linked, command.body, [], execution));
  if (ran.failure !== undefined || ran.value === undefined) return failed(faultText(ran));
  const value = shownValue(machine, ran.value, command.result, linked.ir.shapes);
  return { ok: true, text: `${value} for ${ran.gasUsed} gas`, diff: [] };
}

type Asked = { readonly linked: Linked; readonly command: IrCommand } | { readonly refused: string };

/** By the version of the module: what was asked last, since the same is often asked again and again, refused or not. */
const known = new WeakMap<Linked, Map<string, Asked>>();
const knownMax = 64;

function compiled(contracts: Contracts, published: Linked, expression: string): Asked {
  const ofModule = known.get(published) ?? new Map<string, Asked>();
  known.set(published, ofModule);
  const before = ofModule.get(expression);
  if (before !== undefined) return before;
  const made = compile(contracts, published, expression);
  const [oldest] = ofModule.keys();
  if (ofModule.size >= knownMax && oldest !== undefined) ofModule.delete(oldest);
  ofModule.set(expression, made);
  return made;
}

function compile(contracts: Contracts, published: Linked, expression: string): Asked {
  const { machine, checked } = contracts;
  const { path, hash } = published.ir;
  const { source } = machine.modules.get(hash) ?? {};
  const module = checked.get(hash);
  if (source === undefined || module === undefined) throw new Error("assert: a published module was checked");
  const name = unused(source);
  const before = `${source}\ncommand ${name} () =\n  `;
  const text = `${before}${expression}\n`;
  const result = checkModule(text, path, importsOf(contracts, module));
  if (!result.ok) {
    const [first] = result.diagnostics;
    const at = Math.max(0, Math.min((first?.span.start ?? 0) - before.length, expression.length));
    return { refused: `Error: the query does not check at ${placeOf(expression, at)}: ${first?.message}` };
  }
  const ir = lowerModule(result.module);
  const command = ir.commands.find((one) => one.name === name);
  if (command === undefined || !isOneCommandMore(ir, published.ir))
    return { refused: "Error: a query is one expression" };
  const { lineage, tables, eventWeighers, modules } = published;
  return { linked: { ir, lineage, tables, eventWeighers, modules, compiled: [] }, command };
}

/** Declarations in the place of an expression would name tables that there are none of. */
function isOneCommandMore(ir: IrModule, published: IrModule): boolean {
  return (
    ir.commands.length === published.commands.length + 1 &&
    ir.tables.length === published.tables.length &&
    ir.events.length === published.events.length &&
    ir.migrations.length === published.migrations.length
  );
}

/** What it uses as it was when it was published. */
function importsOf({ checked }: Contracts, { core }: CheckedModule): Imports {
  const used = core.imports.flatMap((hash) => checked.get(hash) ?? []);
  return (path, hash) => used.find((one) => one.path === path && (hash === null || one.hash === hash));
}

/** A name that the module does not have. */
function unused(source: string): string {
  const used = new Set(source.match(/asked\d*/g));
  let name = "asked";
  for (let number = 1; used.has(name); number++) name = `asked${number}`;
  return name;
}

function knownPaths({ machine }: Contracts): string {
  const paths = [...machine.names.keys()].sort(compareCodePoints);
  return paths.length === 0 ? "" : `; there are: ${paths.slice(0, pathsShownMax).join(", ")}`;
}

const pathsShownMax = 50;
