/**
 * Transfers of std/coin a second on one core, with their diffs as canonical bytes: by evaluator and number of accounts.
 *
 * Each run of a cell is 300 ms of blocks of a thousand transfers between accounts at random. Two figures come of it: all its
 * transfers by processor time, and its fastest block by the clock, which nothing else on the machine interrupted.
 */
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { checkModule } from "../hopper/check/module.ts";
import { lowerModule } from "../hopper/lower/lower-module.ts";
import { createMachine, type Evaluator, execute, type Machine } from "../hopper/run/machine.ts";
import { install } from "../hopper/run/run-tests.ts";
import type { Value } from "../hopper/run/value.ts";
import { sha256 } from "../pools/sha256.ts";
import { type Panel, type Picture, picture, pointsOf } from "./charts.ts";
import type { Measured, RunFile } from "./run-file.ts";
import { ofMetric, type Row } from "./series.ts";
import type { Benchmark, CommonFlags, Session } from "./session.ts";

export type HopperFlags = CommonFlags & { readonly accounts?: readonly number[] };

const full = { accounts: [1000, 10_000, 100_000, 1_000_000], runs: 9 };
const quick = { accounts: [1000], runs: 2 };
const evaluators = ["compiled", "reference"] as const;
const roundMs = 300;
const blockTransfers = 1000;
/** Until then V8 still compiles what runs often. */
const warmUpTransfers = 100_000;
const gasLimit = 1_000_000;
const byCpu = "transfers by processor time";
const fastest = "transfers in the fastest block";

export const hopperBenchmark: Benchmark<HopperFlags> = { name: "hopper", measure, pictures };

async function measure(flags: HopperFlags, session: Session): Promise<Measured> {
  const base = flags.quick ? quick : full;
  const { accounts = base.accounts, runs = base.runs } = flags;
  const bar = session.bar("measurements", runs * accounts.length * evaluators.length);
  const rows: Row[] = [];
  let done = 0;
  for (const size of accounts) {
    // One after the other: what a garbage collector has to look through belongs to the figure.
    for (const evaluator of evaluators) {
      const run = await cellOf(session, evaluator, size);
      await inBlocks(session, run, warmUpTransfers);
      for (let i = 1; i <= runs; i++) {
        await pause(session);
        for (const [metric, value] of Object.entries(measureRound(run))) {
          rows.push({ series: evaluator, xName: "accounts", x: size, run: i, metric, unit: "transfers/s", value });
        }
        bar(++done);
      }
    }
  }
  const notes = [
    `one thread; diffs as canonical bytes; arguments are values already, and nothing is signed; ${roundMs} ms a run.`,
    "processor time has that of V8's own threads in it, which compile and collect.",
  ];
  return { settings: { accounts, runs, evaluators }, rows, samples: [], errors: [], notes };
}

/** Signals are let in. */
async function pause({ signal }: Session): Promise<void> {
  await turn();
  signal.throwIfAborted();
}

const source = readFileSync(new URL("../hopper/std/coin.hop", import.meta.url), "utf8");
const checked = checkModule(source, "std/coin", () => undefined);
if (!checked.ok) throw new Error("std/coin does not check");
const ir = lowerModule(checked.module);

/** 32 bytes that stand for the hash of a key. */
function keyOf(number: number): { readonly bytes: string } {
  const digits = [number & 255, (number >> 8) & 255, (number >> 16) & 255, 1];
  return { bytes: String.fromCharCode(...digits).padEnd(32, "k") };
}

/** Runs so many transfers, and gives back how many bytes their diffs have. */
type Run = (transfers: number) => number;

async function inBlocks(session: Session, run: Run, transfers: number): Promise<void> {
  for (let i = 0; i < transfers; i += blockTransfers) {
    await pause(session);
    run(blockTransfers);
  }
}

/** A machine with all accounts, each of which was issued a million. */
async function cellOf(session: Session, evaluator: Evaluator, accounts: number): Promise<Run> {
  const machine = createMachine({ sha256, evaluator });
  install(machine, ir, []);
  const issuer: Value = [0, keyOf(accounts)];
  const unit: Value = [0, issuer, "USD"];
  const owners = Array.from({ length: accounts }, (_, i) => keyOf(i));
  const signers = owners.map(({ bytes }) => new Set([bytes]));
  const accountOf = (i: number): Value => [0, [0, owners[i] ?? 0], "main"];
  const bank = new Set([keyOf(accounts).bytes]);
  for (let i = 0; i < accounts; i++) {
    if (i % blockTransfers === 0) await pause(session);
    step(machine, "issue", [unit, accountOf(i), 1_000_000], bank);
  }
  const { random } = session;
  return (transfers) => {
    let bytes = 0;
    for (let i = 0; i < transfers; i++) {
      const from = random.below(accounts);
      const to = (from + 1 + random.below(accounts - 1)) % accounts;
      bytes += step(machine, "transfer", [unit, accountOf(from), accountOf(to), 1], signers[from] ?? bank);
    }
    return bytes;
  };
}

/** Runs a command and returns how many bytes its diff has. */
function step(machine: Machine, command: string, args: readonly Value[], signers: ReadonlySet<string>): number {
  const { failure, changes } = execute(machine, "std/coin", command, args, { signers, now: 0, gasLimit });
  if (failure !== undefined) throw new Error(`${command} failed with ${failure.name}`);
  let bytes = 0;
  for (const { table, bytes: key, before, after } of changes) {
    bytes += key.length;
    if (before !== undefined) bytes += table.valueBytes(before).length;
    if (after !== undefined) bytes += table.valueBytes(after).length;
  }
  return bytes;
}

function measureRound(run: Run): Readonly<Record<string, number>> {
  const before = process.cpuUsage();
  const end = performance.now() + roundMs;
  let leastMs = Number.POSITIVE_INFINITY;
  let transfers = 0;
  for (let now = performance.now(); now < end; ) {
    if (run(blockTransfers) === 0) throw new Error("assert: transfers have diffs");
    transfers += blockTransfers;
    const after = performance.now();
    leastMs = Math.min(leastMs, after - now);
    now = after;
  }
  const { user, system } = process.cpuUsage(before);
  return { [byCpu]: (transfers / (user + system)) * 1_000_000, [fastest]: (blockTransfers / leastMs) * 1000 };
}

function pictures({ setup, settings, summary }: RunFile): Picture[] {
  const panels = [byCpu, fastest].map(
    (metric): Panel => ({
      title: metric,
      x: { title: "accounts", scale: "log", values: [settings.accounts ?? []].flat().map(Number) },
      y: { title: "transfers/s" },
      marks: [{ kind: "line", dots: true, points: pointsOf(ofMetric(summary, metric)) }],
    }),
  );
  return [picture("hopper", setup, `Transfers of std/coin on one core (median of ${settings.runs} runs)`, panels)];
}
