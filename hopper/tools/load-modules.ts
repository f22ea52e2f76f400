/** A module with all that it uses, checked: imports are found by whoever knows where sources are. */
import type { CheckedModule } from "../check/checked-module.ts";
import { checkModule } from "../check/module.ts";
import { parseModule } from "../check/reader/parse.ts";
import type { Diagnostic } from "../check/report.ts";

export type Source = {
  /** What people call it; two sources are the same where this is. */
  readonly file: string;
  readonly text: string;
};

/** The source of the module of this path, for the one who uses it; undefined where there is none. */
export type FindSource = (path: string, user: Source) => Source | undefined;

export type LoadedModule = Source & {
  readonly module: CheckedModule;
  /** What it uses itself. */
  readonly uses: readonly LoadedModule[];
};

export type BrokenModule = Source & { readonly diagnostics: readonly Diagnostic[] };

export type Loaded =
  | {
      readonly ok: true;
      readonly module: LoadedModule;
      /** What it uses, and what those use: each after its own imports. */
      readonly imports: readonly LoadedModule[];
    }
  | {
      readonly ok: false;
      /** The module itself is among them only where it has mistakes of its own. */
      readonly broken: readonly BrokenModule[];
    };

type Known = LoadedModule | BrokenModule | "loading";

/** Where sources are, and what was loaded before, so that several files share what they use. */
export type Library = { readonly find: FindSource; readonly known: Map<string, Known> };

export function createLibrary(find: FindSource): Library {
  return { find, known: new Map() };
}

/** The path that a module gives itself in its first line; undefined where that is none. */
export function pathOf(text: string): string | undefined {
  return /^(?:\s|--[^\n]*\n)*module\s+([\p{L}\p{N}_/]+)/u.exec(text)?.[1];
}

/** Total: whatever the texts, there is a module or a diagnostic. */
export function loadModule(library: Library, source: Source): Loaded {
  const broken = new Set<BrokenModule>();
  const module = load(library, source, broken);
  if (module === undefined) return { ok: false, broken: [...broken] };
  const imports = new Set<LoadedModule>();
  const gather = ({ uses }: LoadedModule): void => {
    for (const one of uses) {
      if (imports.has(one)) continue;
      gather(one);
      imports.add(one);
    }
  };
  gather(module);
  return { ok: true, module, imports: [...imports] };
}

function load(library: Library, source: Source, broken: Set<BrokenModule>): LoadedModule | undefined {
  const before = library.known.get(source.file);
  const known = before === undefined || before === "loading" ? readModule(library, source, broken) : before;
  if (known === undefined) return undefined;
  library.known.set(source.file, known);
  if ("module" in known) return known;
  broken.add(known);
  return undefined;
}

/** Undefined where only what it uses has mistakes. */
function readModule(
  library: Library,
  source: Source,
  broken: Set<BrokenModule>,
): LoadedModule | BrokenModule | undefined {
  library.known.set(source.file, "loading");
  const uses = new Map<string, LoadedModule>();
  const inRing = new Set<string>();
  let isWhole = true;
  for (const { path } of parseModule(source.text).tree.uses) {
    const found = library.find(path.name, source);
    if (found === undefined) continue;
    if (library.known.get(found.file) === "loading") {
      inRing.add(path.name);
      continue;
    }
    const one = load(library, found, broken);
    if (one === undefined) isWhole = false;
    else uses.set(path.name, one);
  }
  if (!isWhole) {
    library.known.delete(source.file);
    return undefined;
  }
  const checked = checkModule(source.text, pathOf(source.text) ?? "", (path) => uses.get(path)?.module);
  if (checked.ok) return { ...source, module: checked.module, uses: [...uses.values()] };
  const hintOf = (found: Diagnostic): Diagnostic => {
    if (found.code !== "unknown-module" || found.hint !== undefined) return found;
    const isRing = [...inRing].some((path) => found.message.includes(path));
    const elsewhere = "a module is looked for beside this file, by its path, and among the standard ones";
    return { ...found, hint: isRing ? "modules cannot use each other in a ring" : elsewhere };
  };
  return { ...source, diagnostics: checked.diagnostics.map(hintOf) };
}
