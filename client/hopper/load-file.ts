/** Files of modules, loaded and checked; what is wrong with them is shown. */
import {
  createLibrary,
  type Library,
  type LoadedModule,
  loadModule,
  type Source,
} from "../../hopper/tools/load-modules.ts";
import { showDiagnostics } from "../../hopper/tools/show-diagnostics.ts";
import { type Context, hasColors } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readSource, sourceFinder } from "./find-source.ts";

export type LoadedFile = { readonly module: LoadedModule; readonly imports: readonly LoadedModule[] };

/** The files that load; tells on stderr what is wrong with the others, and sets the exit code to the worst of it. */
export function loadFiles(context: Context, files: readonly string[]): readonly LoadedFile[] {
  const sources: Source[] = [];
  let worst: ExitCode = exitCodes.ok;
  for (const file of files) {
    const read = readSource(file);
    if (read.ok) sources.push(read.value);
    else {
      context.process.stderr.write(`${read.reason}\n`);
      worst = exitCodes.usage;
    }
  }
  const library = createLibrary(sourceFinder(sources));
  const told = new Set<string>();
  const loaded = sources.flatMap((source) => load(context, library, source, told));
  if (worst === exitCodes.ok && loaded.length < sources.length) worst = exitCodes.failed;
  if (worst !== exitCodes.ok) context.process.exitCode = worst;
  return loaded;
}

/** `told`: files whose mistakes were shown before, since several may use one. */
function load(context: Context, library: Library, source: Source, told: Set<string>): readonly LoadedFile[] {
  const result = loadModule(library, source);
  if (result.ok) return [result];
  const { stderr } = context.process;
  for (const { file, text, diagnostics } of result.broken) {
    if (told.has(file)) continue;
    told.add(file);
    stderr.write(`${showDiagnostics(file, text, diagnostics, { color: hasColors(context, stderr) })}\n\n`);
  }
  if (!result.broken.some(({ file }) => file === source.file)) {
    const others = result.broken.map(({ file }) => file).join(", ");
    stderr.write(`${source.file}: not checked, since it uses what has mistakes: ${others}\n`);
  }
  return [];
}
