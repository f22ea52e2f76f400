/** Source of a module to a checked module, or to everything that is wrong with it. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { withinBudget } from "../core/budget.ts";
import { encodeModule } from "../core/encode.ts";
import type { CoreModule, Effects } from "../core/module.ts";
import type { Ref, Span, Term } from "../core/term.ts";
import type { Owner } from "../core/type.ts";
import type { Declaration, Module, Use } from "../syntax/tree.ts";
import { checkAuthority, checkCommand, checkFunction, checkLaw, checkMigration, checkTest } from "./bodies.ts";
import { builtInFunctions } from "./built-in-functions.ts";
import type { CheckedModule } from "./checked-module.ts";
import { declareTypes, readEvent, readSignature, readTable } from "./declare.ts";
import { inferEffects, noEffects } from "./effects.ts";
import { declareName, type FunctionEntry, type Names, startNames, type Value } from "./names.ts";
import { parseModule } from "./reader/parse.ts";
import { type Diagnostic, type Reporter, startReport } from "./report.ts";
import { checkEffects, checkTermination } from "./whole.ts";

export type Imports = (path: string, hash: string | null) => CheckedModule | undefined;
export type Checked =
  | { readonly ok: true; readonly module: CheckedModule }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Total: any text gives a module or at least one diagnostic, the same on every node. `name` is the path under which the
 * module is looked for, and must be the one it gives itself; `imports` finds the modules it uses, by path and, where the
 * text pins one, by hash.
 */
export function checkModule(source: string, name: string, imports: Imports): Checked {
  const parsed = parseModule(source);
  if (parsed.diagnostics.length > 0) return { ok: false, diagnostics: parsed.diagnostics };
  const report = startReport();
  const { path } = parsed.tree;
  if (path.name !== name)
    report.error("wrong-path", path.span, `this module is ${name}, and calls itself ${path.name}`);
  if (parsed.tree.declarations.length > declarationsMax) {
    report.error("too-many", path.span, `a module has at most ${declarationsMax} declarations`);
    return { ok: false, diagnostics: report.found };
  }
  builtInFunctions();
  const module = withinBudget(() => checkTree(parsed.tree, report, imports));
  if (module === null)
    report.error("too-long", path.span, "this module takes too long to check", { hint: "its types grow too large" });
  const diagnostics = report.found.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  return module === null || diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, module };
}

/** Some checks take the square of it. */
const declarationsMax = 1000;

function pick<K extends Declaration["kind"]>(tree: Module, kind: K): readonly Extract<Declaration, { kind: K }>[] {
  return tree.declarations.filter((d): d is Extract<Declaration, { kind: K }> => d.kind === kind);
}

function checkTree(tree: Module, report: Reporter, imports: Imports): CheckedModule {
  const owner: Owner = { path: tree.path.name, hash: null };
  const names = startNames(owner, builtInFunctions());
  const places = { types: new Map(), values: new Map(), tables: new Map(), events: new Map() };
  const imported = tree.uses.flatMap((use) => importModule(names, report, places, use, imports) ?? []);
  const types = declareTypes(names, report, places, pick(tree, "data"));
  const scope = { names, report, params: [], kindsKnown: true };

  const tables = pick(tree, "table").map((node, index) => {
    const table = readTable(scope, node);
    declareName(report, names.tables, places.tables, node.name, { table, index });
    return table;
  });
  const events = pick(tree, "event").map((node, index) => {
    const event = readEvent(scope, node);
    declareName(report, names.events, places.events, node.name, { event, index });
    return event;
  });
  const functionNodes = pick(tree, "function");
  const entries = functionNodes.map((node, index): FunctionEntry => {
    const signature = readSignature(names, report, node);
    const { name } = node.name;
    const entry = {
      kind: "function",
      name,
      form: node.form,
      ref: { hash: null, index },
      signature,
      primitive: null,
    } as const;
    declareName(report, names.values, places.values, node.name, entry);
    return entry;
  });
  const commandNodes = pick(tree, "command");
  for (const [index, node] of commandNodes.entries()) {
    declareName(report, names.commands, places.values, node.name, { index });
  }

  const bodies = functionNodes.flatMap((node, i) => {
    const entry = entries[i];
    return entry === undefined ? [] : [checkFunction(names, report, node, entry)];
  });
  const effectsOf = (ref: Ref): Effects => imported.find((m) => m.hash === ref.hash)?.effects[ref.index] ?? noEffects;
  const effects = inferEffects(
    bodies.map((f) => f.body),
    effectsOf,
  );
  const functions = bodies.map((f, i) => ({ ...f, effects: effects[i] ?? noEffects }));
  checkTermination(report, functionNodes, functions);
  checkEffects(report, functionNodes, functions, names);
  const commandBodies = commandNodes.map((node) => checkCommand(names, report, node));
  const commandEffects = inferEffects(
    [...functions, ...commandBodies].map((f) => f.body),
    effectsOf,
  ).slice(functions.length);
  const commands = commandBodies.map((c, i) => ({ ...c, effects: commandEffects[i] ?? noEffects }));

  const laws = pick(tree, "law").map((node) => checkLaw(names, report, node));
  const migrations = pick(tree, "migrate").map((node) => checkMigration(names, report, node));
  const tests = pick(tree, "test").map((node) => checkTest(names, report, node, commands));
  const authority: Term | null = tree.authority === null ? null : checkAuthority(names, report, tree.authority);
  const core: CoreModule = {
    owner,
    imports: imported.map((m) => m.hash),
    authority,
    types,
    tables,
    events,
    functions,
    commands,
  };
  if (report.found.length > 0) return { ...unnamed, path: owner.path, core, effects };
  return seal(core, entries, { tests, laws, migrations });
}

const unnamed = {
  hash: "",
  bytes: new Uint8Array(),
  types: new Map(),
  values: new Map(),
  tests: [],
  laws: [],
  migrations: [],
};

/** Takes the hash, after which the module's own declarations carry it wherever others see them. */
function seal(
  core: CoreModule,
  entries: readonly FunctionEntry[],
  rest: Pick<CheckedModule, "tests" | "laws" | "migrations">,
): CheckedModule {
  const bytes = encodeModule(core);
  const hash = bytesToHex(sha256(bytes));
  core.owner.hash = hash;
  const out = (ref: Ref): Ref => (ref.hash === null ? { ...ref, hash } : ref);
  const effects = core.functions.map((f) => ({ reads: f.effects.reads.map(out), writes: f.effects.writes.map(out) }));
  const values = new Map<string, Value>([
    ...core.types
      .flatMap((d) => d.constructors)
      .map((made) => [made.name, { kind: "constructor", constructor: made }] as const),
    ...entries
      .filter((e) => core.functions[e.ref.index]?.isPublic === true)
      .map((e) => [e.name, { ...e, ref: out(e.ref) }] as const),
  ]);
  return {
    path: core.owner.path,
    hash,
    bytes,
    core,
    types: new Map(core.types.map((d) => [d.name, d])),
    values,
    effects,
    ...rest,
  };
}

function importModule(
  names: Names,
  report: Reporter,
  places: { readonly types: Map<string, Span>; readonly values: Map<string, Span> },
  use: Use,
  imports: Imports,
): CheckedModule | null {
  const { path } = use;
  const module = imports(path.name, use.hash?.name ?? null);
  if (module === undefined) {
    const which = use.hash === null ? "" : ` with hash ${use.hash.name}`;
    report.error("unknown-module", use.span, `there is no module ${path.name}${which}`);
    return null;
  }
  if (use.hash !== null && use.hash.name !== module.hash) {
    report.error("wrong-hash", use.hash.span, `${path.name} has the hash ${module.hash}`);
  }
  const alias = use.alias?.name ?? (path.name.split("/").at(-1) || path.name);
  if (names.modules.has(alias))
    report.error("declared-twice", use.span, `two modules are called ${alias}`, { hint: "use one `as` another name" });
  names.modules.set(alias, module);
  for (const name of use.names ?? []) {
    const type = module.types.get(name.name);
    const value = module.values.get(name.name);
    if (type === undefined && value === undefined) {
      report.error("unknown-name", name.span, `${path.name} shows no \`${name.name}\``, { hint: "is it `pub`?" });
    }
    if (type !== undefined) declareName(report, names.types, places.types, name, type);
    if (value !== undefined) declareName(report, names.values, places.values, name, value);
  }
  return module;
}
