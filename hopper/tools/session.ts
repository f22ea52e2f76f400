/** A machine of one's own with a module in it, into which lines are typed; whatever a line did can be undone. */
import { parseModule } from "../check/reader/parse.ts";
import type { CoreCommand } from "../core/module.ts";
import { lowerModule } from "../lower/lower-module.ts";
import type { Change } from "../run/journal.ts";
import { createMachine, link, type Machine } from "../run/machine.ts";
import { install } from "../run/run-tests.ts";
import {
  createLibrary,
  type FindSource,
  type Library,
  type LoadedModule,
  loadModule,
  type Source,
} from "./load-modules.ts";
import { ofPiece } from "./of-piece.ts";
import { showDiagnostics } from "./show-diagnostics.ts";

export type Let = { readonly name: string; readonly text: string };

export type Session = {
  readonly machine: Machine;
  readonly library: Library;
  /** The module at hand, with what was defined since. */
  base: LoadedModule;
  /** The module's first hash: its tables belong to it, whatever is defined later. */
  readonly lineage: string;
  lets: readonly Let[];
  /** Expressions: who signs where a line does not say it. */
  signers: readonly string[];
  /** An expression: when it is, where a line does not say it. */
  time: string | undefined;
  /** What lines found before them that changed something. */
  readonly past: Past[];
};

export type Past = {
  readonly base: LoadedModule;
  readonly lets: readonly Let[];
  /** Keys of what the machine knew. */
  readonly modules: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly tables: ReadonlySet<string>;
  /** What the line did to rows. */
  readonly changes: readonly Change[];
};

/** To be taken before a line runs. */
export function pastOf({ base, lets, machine }: Session): Past {
  const { modules, names, tables } = machine;
  return {
    base,
    lets,
    modules: new Set(modules.keys()),
    names: new Set(names.keys()),
    tables: new Set(tables.keys()),
    changes: [],
  };
}

/** Nothing has happened; the text says why, ready to be printed. */
export type Refused = { readonly refused: string };

export type SessionOptions = {
  readonly sha256: Machine["sha256"];
  readonly find: FindSource;
  readonly color?: boolean;
};

/** What a session without a module of its own starts from. */
export const emptySource: Source = { file: "prompt", text: "module prompt\n" };

/** A fresh machine with a module and all that it uses. */
export function startSession({ sha256, find, color = false }: SessionOptions, source: Source): Session | Refused {
  const library = createLibrary(find);
  const loaded = loadModule(library, source);
  if (!loaded.ok) {
    const shown = loaded.broken.map(({ file, text, diagnostics }) =>
      showDiagnostics(file, text, diagnostics, { color }),
    );
    return { refused: shown.join("\n\n") };
  }
  const machine = createMachine({ sha256 });
  for (const { module } of [...loaded.imports, loaded.module])
    install(machine, lowerModule(module), module.core.imports);
  const base = loaded.module;
  return { machine, library, base, lineage: base.module.hash, lets: [], signers: [], time: undefined, past: [] };
}

/** The module at hand with another text; of its mistakes those in `line`, which begins at `offset`, are shown. */
export function compileLine(session: Session, text: string, line: string, offset: number): LoadedModule | Refused {
  const { library, base, machine } = session;
  library.known.delete(base.file);
  const loaded = loadModule(library, { file: base.file, text });
  library.known.set(base.file, base);
  if (!loaded.ok) {
    const shown = loaded.broken.map(({ file, text: source, diagnostics }) => {
      if (file !== base.file) return showDiagnostics(file, source, diagnostics);
      return showDiagnostics("line", line, ofPiece(diagnostics, line.length, offset));
    });
    return { refused: shown.join("\n") };
  }
  for (const { module } of loaded.imports) {
    if (!machine.modules.has(module.hash)) install(machine, lowerModule(module), module.core.imports);
  }
  return loaded.module;
}

/** Puts a version of the module at hand in its place; the tables stay. */
export function installVersion(
  { machine, lineage }: Session,
  ir: ReturnType<typeof lowerModule>,
  imports: readonly string[],
): void {
  // Its rows are already what this version wants.
  const linked = link(machine, { ...ir, migrations: [] }, lineage, imports);
  machine.modules.set(ir.hash, { linked, source: "" });
  machine.names.set(ir.path, { lineage, current: ir.hash });
}

/** Brings back what was before the last line that changed something, and gives the changes back; undefined where there is none. */
export function undo(session: Session): readonly Change[] | undefined {
  const past = session.past.pop();
  if (past === undefined) return undefined;
  for (const change of past.changes) {
    const { table, key, before: value } = change;
    if (value === undefined) table.remove(change);
    else table.set(key, value);
  }
  session.lets = past.lets;
  const { machine } = session;
  for (const kind of ["modules", "names", "tables"] as const) {
    for (const key of machine[kind].keys()) if (!past[kind].has(key)) machine[kind].delete(key);
  }
  if (past.base !== session.base) {
    session.base = past.base;
    const { module } = past.base;
    installVersion(session, lowerModule(module), module.core.imports);
  }
  return past.changes.map((change) => ({ ...change, before: change.after, after: change.before }));
}

/** Modules by the names that the one at hand calls them. */
export function aliasesOf({ base }: Session): ReadonlyMap<string, LoadedModule> {
  const aliases = new Map<string, LoadedModule>();
  for (const { path, alias } of parseModule(base.text).tree.uses) {
    const module = base.uses.find((one) => one.module.path === path.name);
    if (module !== undefined) aliases.set(alias?.name ?? path.name.split("/").at(-1) ?? path.name, module);
  }
  return aliases;
}

/** Commands by the names that lines call them by. */
export function commandsOf(session: Session): ReadonlyMap<string, CoreCommand> {
  const commands = new Map(session.base.module.core.commands.map((one) => [one.name, one]));
  for (const [alias, { module }] of aliasesOf(session)) {
    for (const one of module.core.commands) commands.set(`${alias}.${one.name}`, one);
  }
  return commands;
}
