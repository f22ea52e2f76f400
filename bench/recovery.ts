/** A leader killed under steady load: throughput over time, and how long nothing is committed. */
import { setTimeout as sleep } from "node:timers/promises";
import { type BenchCluster, startBenchCluster } from "./bench-cluster.ts";
import { type Panel, type Picture, picture, samplePoints } from "./charts.ts";
import { measureFlood, openAccounts } from "./measure-flood.ts";
import { type Answer, type OpenLoop, runOpenLoop } from "./open-loop.ts";
import type { Measured, RunFile } from "./run-file.ts";
import type { Row } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type RecoveryFlags = CommonFlags & {
  readonly nodes: number;
  readonly rate: number;
  readonly threads?: number;
};

const full = { runs: 5, secondsBefore: 3, secondsAfter: 8 };
/** What is not answered by then is waited for: an election may take longer. */
const quick = { runs: 1, secondsBefore: 1, secondsAfter: 3 };
const binMs = 50;
const drainSeconds = 20;

export const recoveryBenchmark: Benchmark<RecoveryFlags> = { name: "recovery", measure, pictures };

export type Recovery = {
  /** From the kill to the first answer to a command that was due after it: the new leader's first. */
  readonly gapMs: number;
  /** The longest time without any answer that ends after the kill. */
  readonly silenceMs: number;
  /** Commands that were due before the kill and answered after it. */
  readonly caught: number;
  /** The longest that one of all commands waited. */
  readonly longestMs: number;
};

async function measure(flags: RecoveryFlags, session: Session): Promise<Measured> {
  const { nodes, rate } = flags;
  if (nodes < 4) {
    throw new Error("a cluster of fewer than 4 nodes does not go on without its leader; take --nodes 4 or more");
  }
  const base = flags.quick ? quick : full;
  const runs = flags.runs ?? base.runs;
  const seconds = base.secondsBefore + base.secondsAfter;
  const rows: Row[] = [];
  const samples: Row[] = [];
  const errors: string[] = [];
  const bar = session.bar("commands", runs * seconds * rate);
  for (let run = 1; run <= runs; run++) {
    const { engine, signal } = session;
    const threads = flags.threads === undefined ? {} : { threads: flags.threads };
    await using cluster = await startBenchCluster({ nodes, engine, ...threads, signal });
    const client = await cluster.client();
    await openAccounts(client, cluster.signal);
    await measureFlood(cluster, client, { batched: false, count: 500 });
    let killed: Promise<number> | undefined;
    const loop = await runOpenLoop(client, {
      rate,
      seconds,
      drainSeconds,
      signal: cluster.signal,
      onProgress: (sent) => bar((run - 1) * seconds * rate + sent),
      onStart: () => {
        killed = killLeaderAfter(cluster, base.secondsBefore * 1000);
        // Told below; a measurement that was given up meanwhile does not wait for it.
        killed.catch(() => undefined);
      },
    });
    if (killed === undefined) throw new Error("the loop did not start");
    const killedMs = (await killed) - loop.startedAt;
    const recovery = recoveryOf(loop.answers, killedMs);
    if (recovery === undefined || loop.unanswered.length > 0 || loop.refused > 0) {
      errors.push(`run ${run}: ${flawOf(loop)}`);
      continue;
    }
    samples.push(...binRows(loop, killedMs, run));
    const row = (metric: string, unit: string, value: number) =>
      rows.push({ series: "", xName: "", x: "", run, metric, unit, value });
    row("gap from the kill to the next commit", "ms", recovery.gapMs);
    row("longest silence", "ms", recovery.silenceMs);
    row("commands caught by the kill", "commands", recovery.caught);
    row("longest wait of a command", "ms", recovery.longestMs);
    session.say(`run ${run} of ${runs}: gap ${Math.round(recovery.gapMs)} ms`);
  }
  const settings = { nodes, rate, runs, secondsBefore: base.secondsBefore, secondsAfter: base.secondsAfter, binMs };
  const notes = ["most of the gap is the election timeout (1 to 2 s by default), drawn anew each time."];
  return { settings, rows, samples, errors, notes };
}

async function killLeaderAfter(cluster: BenchCluster, ms: number): Promise<number> {
  await sleep(ms, undefined, { signal: cluster.signal });
  return cluster.kill(await cluster.leader());
}

/** Undefined where nothing that was due after the kill was answered. */
export function recoveryOf(answers: readonly Answer[], killedMs: number): Recovery | undefined {
  const times = answers.map(({ answeredMs }) => answeredMs).sort((a, b) => a - b);
  const next = answers.filter(({ dueMs }) => dueMs > killedMs).map(({ answeredMs }) => answeredMs);
  if (next.length === 0) return undefined;
  let silenceMs = 0;
  for (const [i, time] of times.entries()) {
    if (time > killedMs) silenceMs = Math.max(silenceMs, time - (times[i - 1] ?? 0));
  }
  return {
    gapMs: least(next) - killedMs,
    silenceMs,
    caught: answers.filter(({ dueMs, answeredMs }) => dueMs <= killedMs && answeredMs > killedMs).length,
    longestMs: -least(answers.map(({ dueMs, answeredMs }) => dueMs - answeredMs)),
  };
}

/** Of however many: a spread into Math.min would overflow the stack. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** Answers a second in bins of 50 ms; time 0 is the kill. */
export function binRows(loop: Pick<OpenLoop, "answers" | "endedMs">, killedMs: number, run: number): Row[] {
  const first = Math.floor(-killedMs / binMs);
  const last = Math.floor((loop.endedMs - killedMs) / binMs);
  const bins = new Map(Array.from({ length: last - first + 1 }, (_, i) => [first + i, 0]));
  for (const { answeredMs } of loop.answers) {
    const bin = Math.floor((answeredMs - killedMs) / binMs);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return [...bins].map(([bin, count]) => ({
    series: `run ${run}`,
    xName: "time from the kill (ms)",
    x: bin * binMs,
    run,
    metric: "throughput",
    unit: "commands/s",
    value: count * (1000 / binMs),
  }));
}

function flawOf({ unanswered, refused }: OpenLoop): string {
  if (refused > 0) return `${refused} commands were refused`;
  return `${unanswered.length} commands had no answer ${drainSeconds} s after the last was sent`;
}

function pictures({ setup, settings, summary, samples }: RunFile): Picture[] {
  const gap = summary.find(({ metric }) => metric.startsWith("gap"));
  const until = Number(settings.secondsAfter) * 1000;
  const shown = samples.filter(({ x }) => Number(x) <= until);
  // What waited is answered at once; that peak would flatten all else.
  const highest = Number(settings.rate) * 3;
  const kill = [0, highest].map((y) => ({ series: "kill", x: 0, y }));
  const panels = Array.from({ length: Number(settings.runs) }, (_, i): Panel => {
    const rows = shown.filter(({ run }) => run === i + 1);
    return {
      title: `Run ${i + 1}`,
      width: 680,
      height: 110,
      x: { title: "ms from the kill of the leader" },
      y: { title: "commands/s", max: highest },
      marks: [
        { kind: "line", dots: false, points: samplePoints(rows) },
        { kind: "guide", points: kill },
      ],
    };
  });
  const gapText =
    gap === undefined ? "" : `: gap ${Math.round(gap.median)} ms (${Math.round(gap.min)} to ${Math.round(gap.max)})`;
  const title = `Leader killed under ${settings.rate} commands/s, ${settings.nodes} nodes${gapText}`;
  return [picture("recovery", setup, title, panels, 1)];
}
