/** Files of modules, loaded and checked; what is wrong with them is shown. */
import {
  type BrokenModule,
  createLibrary,
  type LoadedModule,
  loadModule,
  type Source,
} from "../../hopper/tools/load-modules.ts";
import { showDiagnostics } from "../../hopper/tools/show-diagnostics.ts";
import { type Context, hasColors } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readSource, sourceFinder } from "./find-source.ts";

export type LoadedFile = { readonly module: LoadedModule; readonly imports: readonly LoadedModule[] };

/** Called once for each file with mistakes, among them files that were not asked for but are used. */
export type TellBroken = (broken: BrokenModule) => void;

/** The files that load; tells what is wrong with the others, on stderr unless `tell` is given, and sets the exit code. */
export function loadFiles(
  context: Context,
  files: readonly string[],
  tell: TellBroken = showBroken(context),
): readonly LoadedFile[] {
  const { stderr } = context.process;
  const sources: Source[] = [];
  let worst: ExitCode = exitCodes.ok;
  for (const file of files) {
    const read = readSource(file);
    if (read.ok) sources.push(read.value);
    else {
      stderr.write(`${read.reason}\n`);
      worst = exitCodes.usage;
    }
  }
  const library = createLibrary(sourceFinder(sources));
  const told = new Set<string>();
  const loaded = sources.flatMap((source): readonly LoadedFile[] => {
    const result = loadModule(library, source);
    if (result.ok) return [result];
    for (const broken of result.broken) {
      if (!told.has(broken.file)) tell(broken);
      told.add(broken.file);
    }
    if (!result.broken.some(({ file }) => file === source.file)) {
      const others = result.broken.map(({ file }) => file).join(", ");
      stderr.write(`${source.file}: not checked, since it uses what has mistakes: ${others}\n`);
    }
    return [];
  });
  if (worst === exitCodes.ok && loaded.length < sources.length) worst = exitCodes.failed;
  if (worst !== exitCodes.ok) context.process.exitCode = worst;
  return loaded;
}

function showBroken(context: Context): TellBroken {
  const { stderr } = context.process;
  const color = hasColors(context, stderr);
  return ({ file, text, diagnostics }) => {
    stderr.write(`${showDiagnostics(file, text, diagnostics, { color })}\n\n`);
  };
}
