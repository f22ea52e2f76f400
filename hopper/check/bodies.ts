/** Bodies of functions, commands, tests, laws and migrations. */
import { dataKind, mayCopy } from "../core/kind.ts";
import type { CoreCommand, CoreFunction, CoreLaw, CoreTest, Migration, Named, TestStep } from "../core/module.ts";
import type { Ref, Term } from "../core/term.ts";
import { authData, base, kindOf, mapType, resolve, showType, type Type, unit, wrong } from "../core/type.ts";
import type { Declaration, Expr, TestStep as StepNode } from "../syntax/tree.ts";
import { type Body, bindLocal, check, closeScope, settleBody, startBody } from "./body.ts";
import { checkWire, readParams } from "./declare.ts";
import { noEffects } from "./effects.ts";
import { inferExpr } from "./expr.ts";
import { type FunctionEntry, type Names, nearest, qualifier } from "./names.ts";
import type { Reporter } from "./report.ts";
import { readType, type TypeScope } from "./types.ts";

type Node<K extends Declaration["kind"]> = Extract<Declaration, { kind: K }>;

export function checkFunction(
  names: Names,
  report: Reporter,
  node: Node<"function">,
  entry: FunctionEntry,
): CoreFunction {
  const { signature } = entry;
  const body = startBody(names, report, node.form, signature.typeParams, inferExpr);
  bindParams(body, node.params, signature.params);
  const term = check(body, node.body, signature.result);
  closeScope(body, 0);
  settleBody(body);
  const { name, form } = entry;
  return { name, form, isPublic: node.isPublic, signature, effects: noEffects, body: term, span: node.span };
}

function bindParams(body: Body, nodes: Node<"function">["params"], params: readonly Named[]): void {
  for (const [i, param] of params.entries()) {
    const node = nodes[i];
    bindLocal(body, param.name, param.type, node?.name?.span ?? node?.span ?? { start: 0, end: 0 });
  }
}

export function checkCommand(names: Names, report: Reporter, node: Node<"command">): CoreCommand {
  const scope: TypeScope = { names, report, params: [], kindsKnown: true };
  const params = readParams(scope, node.params);
  checkWire(report, node.params, params);
  const who = startBody(names, report, "pure", [], inferExpr);
  bindParams(who, node.params, params);
  const signer = node.signer === null ? null : check(who, node.signer, base("Principal"));
  settleBody(who);
  const body = startBody(names, report, "command", [], inferExpr);
  bindParams(body, node.params, params);
  if (node.signer !== null) bindLocal(body, "auth", { kind: "data", data: authData, args: [] }, node.signer.span);
  const { term, type } = inferExpr(body, node.body, null);
  closeScope(body, 0);
  settleBody(body);
  const result = resolve(type);
  if (kindOf(result) !== dataKind) {
    const details = mayCopy(kindOf(result)) ? {} : { hint: "put it into a table" };
    report.error("asset-result", node.body.span, `a command cannot hand out ${showType(result)}`, {
      expected: "Data",
      ...details,
    });
  }
  return {
    name: node.name.name,
    params,
    result: report.found.length > body.errorsBefore ? wrong : finished(result),
    signer,
    effects: noEffects,
    body: term,
    span: node.span,
  };
}

/** A command that always fails has no result of its own. */
function finished(type: Type): Type {
  return mapType(type, (t) => (t.kind === "wrong" ? unit : null));
}

export function checkLaw(names: Names, report: Reporter, node: Node<"law">): CoreLaw {
  const params = readParams({ names, report, params: [], kindsKnown: true }, node.params);
  checkWire(report, node.params, params);
  const body = startBody(names, report, "pure", [], inferExpr);
  bindParams(body, node.params, params);
  const term = check(body, node.body, base("Bool"));
  settleBody(body);
  return { name: node.name.name, params, body: term, span: node.span };
}

export function checkMigration(names: Names, report: Reporter, node: Node<"migrate">): Migration {
  const found = names.tables.get(node.name.name);
  if (found === undefined)
    report.error("unknown-table", node.name.span, `there is no table \`${node.name.name}\` in this module`);
  const from = readType({ names, report, params: [], kindsKnown: true }, node.param.type);
  const body = startBody(names, report, "pure", [], inferExpr);
  bindLocal(body, node.param.name?.name ?? "_", from, node.param.span);
  const term = check(body, node.body, found?.table.value ?? wrong);
  closeScope(body, 0);
  settleBody(body);
  return { name: node.name.name, table: node.name.name, from, body: term, span: node.span };
}

/** Who may upgrade the module: a principal, known without arguments. */
export function checkAuthority(names: Names, report: Reporter, expr: Expr): Term {
  const body = startBody(names, report, "pure", [], inferExpr);
  const term = check(body, expr, base("Principal"));
  settleBody(body);
  return term;
}

/** Each step is a term of its own, with the lets before it around it, so that it can be run alone. */
export function checkTest(
  names: Names,
  report: Reporter,
  node: Node<"test">,
  commands: readonly CoreCommand[],
): CoreTest {
  const body = startBody(names, report, "pure", [], inferExpr);
  const lets: { readonly level: number; readonly value: Term }[] = [];
  const close = (term: Term): Term =>
    lets.reduceRight<Term>((inner, { level, value }) => ({ kind: "let", level, value, body: inner }), term);
  const steps = node.steps.flatMap((step): readonly TestStep[] => {
    if (step.kind === "let") {
      const { term, type } = inferExpr(body, step.value, null);
      lets.push({ level: bindLocal(body, step.name.name, type, step.name.span).level, value: term });
      return [];
    }
    if (step.kind === "check") {
      // Only here: what a `let` says is worked out anew for each step that uses it.
      body.form = "look";
      const condition = close(check(body, step.condition, base("Bool")));
      body.form = "pure";
      return [{ kind: "check", condition, span: step.span }];
    }
    return checkCall(body, step, commands, close);
  });
  closeScope(body, 0);
  settleBody(body);
  return { name: node.name.name, steps, span: node.span };
}

function checkCall(
  body: Body,
  step: Extract<StepNode, { kind: "call" }>,
  commands: readonly CoreCommand[],
  close: (term: Term) => Term,
): readonly TestStep[] {
  const { call, expect, span } = step;
  const found = call.kind === "call" ? findCommand(body.names, call.to, commands) : undefined;
  if (call.kind !== "call" || found === undefined) {
    const known = [...body.names.commands.keys()];
    const near = call.kind === "call" && call.to.kind === "name" ? nearest(call.to.name, known) : null;
    const hint = near === null ? "those of an imported module are called as coin.issue(…)" : `did you mean ${near}?`;
    const message = "a call names a command of its module, or of one that it imports";
    body.report.error("unknown-command", call.span, message, { hint });
    return [];
  }
  const { command, ref } = found;
  if (call.args.length !== command.params.length) {
    const message = `${command.name} takes ${command.params.length} arguments, and here are ${call.args.length}`;
    body.report.error("wrong-count", call.span, message);
    return [];
  }
  const args = call.args.map((arg, i) => close(check(body, arg, command.params[i]?.type ?? wrong)));
  const signers = step.signers.map((who) => close(check(body, who, base("Principal"))));
  const time = step.time === null ? null : close(check(body, step.time, base("Time")));
  const value = expect.kind === "ok" && expect.value !== null ? close(check(body, expect.value, command.result)) : null;
  return [
    {
      kind: "call",
      command: ref,
      args,
      signers,
      time,
      expect: expect.kind === "ok" ? { kind: "ok", value } : { kind: "fault", name: expect.name.name },
      span,
    },
  ];
}

type FoundCommand = { readonly command: CoreCommand; readonly ref: Ref };

function findCommand(names: Names, to: Expr, own: readonly CoreCommand[]): FoundCommand | undefined {
  if (to.kind === "name") {
    const index = names.commands.get(to.name)?.index ?? -1;
    const command = own[index];
    return command === undefined ? undefined : { command, ref: { hash: null, index } };
  }
  const from = qualifier(names, to);
  if (from === null) return undefined;
  const { hash, core } = from.module;
  const index = core.commands.findIndex(({ name }) => name === from.name);
  const command = core.commands[index];
  return command === undefined ? undefined : { command, ref: { hash, index } };
}
