/** Single parts, measured by tinybench: signature engines by batch size, codec, hashes, hops, store, state machine. */
import { setImmediate as turn } from "node:timers/promises";
import { Bench } from "tinybench";
import { type EngineName, engineNames } from "../pools/engine.ts";
import { type Panel, type Picture, picture, pointsOf } from "./charts.ts";
import { type MicroTask, microTasks } from "./micro-tasks.ts";
import type { Measured, RunFile } from "./run-file.ts";
import { ofMetric, type Row } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type MicroFlags = CommonFlags & { readonly sizes?: readonly number[]; readonly ms?: number };

const full = { sizes: [1, 8, 64, 256, 1000], ms: 200, runs: 5 };
const quick = { sizes: [1, 64], ms: 40, runs: 1 };

export const microBenchmark: Benchmark<MicroFlags> = { name: "micro", measure, pictures };

async function measure(flags: MicroFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const sizes = flags.sizes ?? base.sizes;
  const ms = flags.ms ?? base.ms;
  const runs = flags.runs ?? base.runs;
  const engines = flags.engine === undefined ? engineNames : [flags.engine];
  const rows = await measureMicro(session, engines, sizes, ms, runs);
  const settings = { sizes, ms, runs, engines };
  const notes = ["each figure is the median of its run; signatures are of four clients, checked on one thread."];
  return { settings, rows, samples: [], errors: [], notes };
}

/** All parts in each run, in another order; the median of each. */
async function measureMicro(
  session: Session,
  engines: readonly EngineName[],
  sizes: readonly number[],
  ms: number,
  runs: number,
): Promise<Row[]> {
  const { tasks, close } = await microTasks(engines, sizes);
  const bar = session.bar("measurements", runs * tasks.length);
  const rows: Row[] = [];
  let done = 0;
  try {
    for (let run = 1; run <= runs; run++) {
      for (const task of session.random.shuffled(tasks)) {
        // Most parts let nothing else in while they run, signals neither.
        await turn();
        session.signal.throwIfAborted();
        const { metric, series, xName, x, unit } = task;
        rows.push({ series, xName, x, run, metric, unit, value: await measureTask(task, ms) });
        bar(++done);
      }
    }
  } finally {
    await close();
  }
  // As the tasks are listed, whatever the order of measuring was.
  const place = new Map(tasks.map((task, i) => [`${task.metric} ${task.series}`, i]));
  return rows.sort((a, b) => (place.get(`${a.metric} ${a.series}`) ?? 0) - (place.get(`${b.metric} ${b.series}`) ?? 0));
}

/** The median of calls over so many milliseconds, at least three. */
export async function measureTask({ metric, run, before, count, unit }: MicroTask, ms: number): Promise<number> {
  const bench = new Bench({ time: ms, iterations: 3, warmupTime: ms / 4, warmupIterations: 1 });
  bench.add(metric, run, before === undefined ? {} : { beforeEach: before });
  await bench.run();
  const [task] = bench.tasks;
  const result = task?.result;
  if (result?.state === "errored") throw result.error;
  if (result?.state !== "completed") throw new Error(`${metric}: ${result?.state}`);
  const us = (result.latency.p50 * 1000) / count;
  return unit === "µs" ? us : 1_000_000 / us;
}

function pictures({ setup, settings, summary }: RunFile): Picture[] {
  const engines: Panel = {
    title: "Signatures checked on one thread",
    x: { title: "signatures in a batch", scale: "log", values: [settings.sizes ?? []].flat().map(Number) },
    y: { title: "signatures/s", scale: "log" },
    marks: [{ kind: "line", dots: true, points: pointsOf(ofMetric(summary, "signatures checked")) }],
  };
  const others = summary.filter(({ unit }) => unit === "µs").map((one) => ({ ...one, series: one.metric }));
  const parts: Panel = {
    title: "Other parts",
    x: { title: "µs", scale: "log" },
    y: { title: "µs", scale: "log" },
    marks: [{ kind: "bar", points: pointsOf(others) }],
  };
  return [picture("micro", setup, `Single parts (median of ${settings.runs} runs)`, [engines, parts])];
}
