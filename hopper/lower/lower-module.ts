/** A checked module to what the evaluators run. */
import type { CheckedModule } from "../check/checked-module.ts";
import type { Named } from "../core/module.ts";
import type { Term } from "../core/term.ts";
import { holdsAnywhere, type Type } from "../core/type.ts";
import type { IrFunction, IrModule, Ref, Shape } from "../ir/ir.ts";
import { addFunction, type Lowered, lowerBody } from "./lower-term.ts";
import { type Shapes, shapeOf, startShapes, storedFunction } from "./shapes.ts";

/** Functions keep their index, since other modules call them by it; all other bodies come after them. */
export function lowerModule(checked: CheckedModule): IrModule {
  return lowerWith(checked).module;
}

export type LoweredStep =
  | {
      readonly kind: "call";
      /** Of a module by its hash; null for the module at hand. */
      readonly command: Ref;
      /** Functions without parameters. */
      readonly args: readonly number[];
      readonly signers: readonly number[];
      readonly time: number | null;
      readonly expect:
        | { readonly kind: "ok"; readonly value: number | null }
        | { readonly kind: "fault"; readonly name: string };
      readonly place: { readonly start: number; readonly end: number };
    }
  | {
      readonly kind: "check";
      readonly condition: number;
      readonly place: { readonly start: number; readonly end: number };
    };

export type LoweredTests = {
  /** The module with the functions of its tests and laws after its own; its hash is that of the module without. */
  readonly module: IrModule;
  readonly tests: readonly { readonly name: string; readonly steps: readonly LoweredStep[] }[];
  /** Each holds if its function gives true for all values of the shapes. */
  readonly laws: readonly {
    readonly name: string;
    readonly params: readonly { readonly name: string; readonly shape: Shape }[];
    readonly function: number;
  }[];
};

export function lowerTests(checked: CheckedModule): LoweredTests {
  const { module, lowered } = lowerWith(checked);
  const closed = (name: string, term: Term): number => addFunction(lowered, lowerBody(lowered, name, term, 0));
  const tests = checked.tests.map(({ name, steps }) => ({
    name,
    steps: steps.map((step): LoweredStep => {
      if (step.kind === "check") return { kind: "check", condition: closed(name, step.condition), place: step.span };
      const { expect } = step;
      return {
        kind: "call",
        command: { module: step.command.hash, index: step.command.index },
        args: step.args.map((arg) => closed(name, arg)),
        signers: step.signers.map((who) => closed(name, who)),
        time: step.time === null ? null : closed(name, step.time),
        expect:
          expect.kind === "fault"
            ? expect
            : { kind: "ok", value: expect.value === null ? null : closed(name, expect.value) },
        place: step.span,
      };
    }),
  }));
  const laws = checked.laws.map((law) => ({
    name: law.name,
    params: shaped(lowered.shapes, law.params),
    function: addFunction(lowered, lowerBody(lowered, law.name, law.body, law.params.length)),
  }));
  return { module: { ...module, functions: whole(lowered), shapes: lowered.shapes.found }, tests, laws };
}

function lowerWith(checked: CheckedModule): { readonly module: IrModule; readonly lowered: Lowered } {
  const { core } = checked;
  const shapes = startShapes();
  const lowered: Lowered = { functions: core.functions.map(() => null), shapes };
  for (const [i, f] of core.functions.entries()) {
    const params = f.signature.params.map(({ type }) => type);
    const stored =
      f.form === "proc"
        ? null
        : storedFunction(shapes, [], { kind: "arrow", params, result: f.signature.result, once: false });
    lowered.functions[i] = lowerBody(lowered, f.name, f.body, params.length, stored);
  }
  const tables = core.tables.map((t) => ({
    name: t.name,
    key: shapeOf(shapes, t.key),
    value: shapeOf(shapes, t.value),
    withFunctions: hasFunctions(t.value),
  }));
  const events = core.events.map(({ name, fields }) => ({
    name,
    fields: shaped(shapes, fields),
    withFunctions: fields.some(({ type }) => hasFunctions(type)),
  }));
  const commands = core.commands.map((c) => {
    const count = c.params.length;
    const body = addFunction(lowered, lowerBody(lowered, c.name, c.body, c.signer === null ? count : count + 1));
    const signer =
      c.signer === null ? null : addFunction(lowered, lowerBody(lowered, `signer of ${c.name}`, c.signer, count));
    const { name, result } = c;
    const params = shaped(shapes, c.params);
    return { name, params, result: shapeOf(shapes, result), withFunctions: hasFunctions(result), signer, body };
  });
  const authority =
    core.authority === null ? null : addFunction(lowered, lowerBody(lowered, "upgrade", core.authority, 0));
  const migrations = checked.migrations.map((m) => ({
    table: core.tables.findIndex((t) => t.name === m.table),
    from: shapeOf(shapes, m.from),
    function: addFunction(lowered, lowerBody(lowered, `migrate ${m.table}`, m.body, 1)),
  }));
  const module: IrModule = {
    path: checked.path,
    hash: checked.hash,
    shapes: shapes.found,
    functions: whole(lowered),
    tables,
    events,
    commands,
    authority,
    migrations,
  };
  return { module, lowered };
}

function hasFunctions(type: Type): boolean {
  return holdsAnywhere(type, (part) => part.kind === "arrow");
}

function shaped(shapes: Shapes, params: readonly Named[]): readonly { readonly name: string; readonly shape: Shape }[] {
  return params.map(({ name, type }) => ({ name, shape: shapeOf(shapes, type) }));
}

function whole({ functions }: Lowered): readonly IrFunction[] {
  return functions.map((fn) => {
    if (fn === null) throw new Error("assert: every function is lowered");
    return fn;
  });
}
