/** Runs one benchmark as a verb does: its setup, progress, files and pictures, and an orderly end by Ctrl-C. */
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Context, fail } from "../client/context.ts";
import { exitCodes } from "../client/exit-codes.ts";
import { createProgress, type Progress } from "../client/progress.ts";
import { nodeDefaults } from "../cluster/config.ts";
import { listenToStopSignals } from "../cluster/stop-signals.ts";
import type { EngineName } from "../pools/engine.ts";
import type { Picture } from "./charts.ts";
import { writeFiguresPage } from "./figures-page.ts";
import { createRandom, type Random } from "./random.ts";
import { renderResult } from "./result-table.ts";
import { type Measured, type RunFile, runFileOf, writeRunFile } from "./run-file.ts";
import { readSetup } from "./setup.ts";
import { writePages } from "./write-pages.ts";

/** Flags of every benchmark. */
export type CommonFlags = {
  /** Measured runs of everything. */
  readonly runs?: number;
  readonly engine?: EngineName;
  readonly out?: string;
  readonly seed: number;
  readonly json: boolean;
  readonly quick: boolean;
};

export type Session = {
  /** Aborts by Ctrl-C. */
  readonly signal: AbortSignal;
  /** A line for people. */
  readonly say: (line: string) => void;
  /** Shows a bar that counts to `total` of what `unit` names; the next one takes its place. */
  readonly bar: (unit: string, total: number) => (done: number) => void;
  readonly endBar: () => void;
  readonly random: Random;
  /** The engine of all nodes. */
  readonly engine: EngineName;
};

export type Benchmark<Flags extends CommonFlags> = {
  readonly name: string;
  /** Undefined where it cannot run on this machine, which it has said. */
  readonly measure: (flags: Flags, session: Session) => Promise<Measured | undefined>;
  /** Nothing but the run file decides what a picture shows. */
  readonly pictures: (file: RunFile) => readonly Picture[];
};

/** Measures, writes, draws and prints; sets the exit code. Returns false where a following benchmark must not start. */
export function runBenchmark<Flags extends CommonFlags>(
  context: Context,
  benchmark: Benchmark<Flags>,
  flags: Flags,
): Promise<boolean> {
  const { name, measure, pictures } = benchmark;
  return openSession(context, name, flags, async (session) => {
    const setup = readSetup(session.engine, flags.seed);
    session.say(`${name}: ${setup.placed}; load before ${setup.load}`);
    const measured = await measure(flags, session);
    session.endBar();
    if (measured === undefined) return true;
    const file = runFileOf(name, setup, measured);
    const folder = outFolder(flags.out, name, setup.startedAt);
    const written = [
      ...writeRunFile(folder, file),
      ...(await drawAll(folder, pictures, file)),
      writeFiguresPage(folder),
      ...writePages(folder),
    ];
    context.process.stdout.write(flags.json ? `${JSON.stringify(file)}\n` : renderResult(file));
    for (const path of written) session.say(path);
    if (file.errors.length === 0) return true;
    fail(context, exitCodes.failed, `not drawn, because of errors: ${file.errors[0]}`);
    return false;
  });
}

/** Gives `work` a session; what it throws, and Ctrl-C, become a line and the exit code, and the value is false then. */
export async function openSession(
  context: Context,
  name: string,
  flags: Pick<CommonFlags, "seed" | "engine">,
  work: (session: Session) => Promise<boolean>,
): Promise<boolean> {
  const { stderr, env } = context.process;
  const signals = listenToStopSignals();
  let progress: Progress | undefined;
  const endBar = (): void => {
    progress?.finish();
    progress = undefined;
  };
  const session: Session = {
    signal: signals.stop,
    say: (line) => {
      progress?.finish();
      stderr.write(`${line}\n`);
    },
    bar: (unit, total) => {
      endBar();
      const bar = createProgress(stderr, unit, env.NO_COLOR);
      progress = bar;
      return (done) => bar.update(done, total);
    },
    endBar,
    random: createRandom(flags.seed),
    engine: flags.engine ?? nodeDefaults(0, "node0").verifier.engine,
  };
  try {
    return await work(session);
  } catch (error) {
    const reason = signals.stop.aborted ? "stopped; nothing was written" : reasonOf(error);
    endBar();
    fail(context, exitCodes.failed, `${name}: ${reason}`);
    return false;
  } finally {
    endBar();
    signals.dispose();
  }
}

/** Draws a run file's pictures; none where the run had errors. The ones of an earlier run do not stay beside its figures. */
export async function drawAll(
  folder: string,
  pictures: (file: RunFile) => readonly Picture[],
  file: RunFile,
): Promise<string[]> {
  const wanted = pictures(file);
  if (file.errors.length > 0) {
    for (const { name } of wanted) {
      for (const end of ["vl.json", "svg", "png"]) rmSync(join(folder, `${name}.${end}`), { force: true });
    }
    return [];
  }
  // Loaded only now: it takes half a second, and 100 MB of packages for development.
  const { drawPicture } = await import("./draw-picture.ts");
  const written: string[] = [];
  for (const picture of wanted) written.push(...(await drawPicture(folder, picture)));
  return written;
}

/** `bench/results/NAME-TIME` of the checkout unless said otherwise. */
export function outFolder(out: string | undefined, name: string, startedAt: string): string {
  if (out !== undefined) return resolve(out);
  const time = startedAt.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return join(fileURLToPath(new URL("results", import.meta.url)), `${name}-${time}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
