/**
 * Transfers of std/coin a second on one core, with their diffs as canonical bytes: by evaluator and number of accounts.
 *
 * Usage: juno bench hopper [--rounds 9] [--accounts 10000,100000,1000000]
 *
 * A round of a cell is 300 ms of blocks of a thousand transfers between accounts at random; printed are the median over the rounds
 * of all transfers by processor time, and of each round's fastest block, which nothing else on the machine interrupted.
 */
import { readFileSync } from "node:fs";
import type { Context } from "../client/context.ts";
import { checkModule } from "../hopper/check/module.ts";
import { lowerModule } from "../hopper/lower/lower-module.ts";
import { encode } from "../hopper/run/canonical.ts";
import { createMachine, type Evaluator, execute, type Machine } from "../hopper/run/machine.ts";
import { install } from "../hopper/run/run-tests.ts";
import type { Value } from "../hopper/run/value.ts";
import { sha256 } from "../pools/sha256.ts";
import { spreadOf } from "./series.ts";
import { readSetup, setupLine } from "./setup.ts";

export type HopperFlags = { readonly rounds?: number; readonly accounts?: readonly number[] };

const roundMs = 300;
const blockTransfers = 1000;
const gasLimit = 1_000_000;

const source = readFileSync(new URL("../hopper/std/coin.hop", import.meta.url), "utf8");
const checked = checkModule(source, "std/coin", () => undefined);
if (!checked.ok) throw new Error("std/coin does not check");
const ir = lowerModule(checked.module);

type Cell = {
  readonly evaluator: Evaluator;
  readonly accounts: number;
  readonly run: () => number;
  readonly byCpu: number[];
  readonly fastest: number[];
};

/** 32 bytes that stand for the hash of a key. */
function keyOf(number: number): Value {
  const digits = [number & 255, (number >> 8) & 255, (number >> 16) & 255, 1];
  return { bytes: String.fromCharCode(...digits).padEnd(32, "k") };
}

function cellOf(evaluator: Evaluator, accounts: number): Cell {
  const machine = createMachine({ sha256, evaluator });
  install(machine, ir, []);
  const issuer: Value = [0, keyOf(accounts)];
  const unit: Value = [0, issuer, "USD"];
  const owners = Array.from({ length: accounts }, (_, i) => keyOf(i) as { bytes: string });
  const signers = owners.map(({ bytes }) => new Set([bytes]));
  const accountOf = (i: number): Value => [0, [0, owners[i] ?? 0], "main"];
  const bank = new Set([(keyOf(accounts) as { bytes: string }).bytes]);
  for (let i = 0; i < accounts; i++) step(machine, "issue", [unit, accountOf(i), 1_000_000], bank);
  let random = 12_345;
  const next = (bound: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (random >>> 8) % bound;
  };
  const run = (): number => {
    let bytes = 0;
    for (let i = 0; i < blockTransfers; i++) {
      const from = next(accounts);
      const to = (from + 1 + next(accounts - 1)) % accounts;
      bytes += step(machine, "transfer", [unit, accountOf(from), accountOf(to), 1], signers[from] ?? bank);
    }
    return bytes;
  };
  return { evaluator, accounts, run, byCpu: [], fastest: [] };
}

/** Runs a command and returns how many bytes its diff has. */
function step(machine: Machine, command: string, args: readonly Value[], signers: ReadonlySet<string>): number {
  const { failure, changes } = execute(machine, "std/coin", command, args, { signers, now: 0, gasLimit });
  if (failure !== undefined) throw new Error(`${command} failed with ${failure.name}`);
  let bytes = 0;
  for (const { table, bytes: key, before, after } of changes) {
    bytes += key.length;
    if (before !== undefined) bytes += encode(before, table.shape.value, table.shapes).length;
    if (after !== undefined) bytes += encode(after, table.shape.value, table.shapes).length;
  }
  return bytes;
}

function measure({ run, byCpu, fastest }: Cell): void {
  const before = process.cpuUsage();
  const end = performance.now() + roundMs;
  let leastMs = Number.POSITIVE_INFINITY;
  let transfers = 0;
  for (let now = performance.now(); now < end; ) {
    run();
    transfers += blockTransfers;
    const after = performance.now();
    leastMs = Math.min(leastMs, after - now);
    now = after;
  }
  const { user, system } = process.cpuUsage(before);
  byCpu.push((transfers / (user + system)) * 1_000_000);
  fastest.push((blockTransfers / leastMs) * 1000);
}

/** Prints the setup, and a line for each cell. */
export function hopper({ process: { stdout } }: Context, flags: HopperFlags): void {
  const { rounds = 9, accounts: sizes = [10_000, 100_000, 1_000_000] } = flags;
  stdout.write(`${setupLine(readSetup("simd", 0))}\n`);
  stdout.write("evaluator  accounts   transfers/s by CPU   in the fastest block (medians)\n");
  for (const accounts of sizes) {
    for (const evaluator of ["compiled", "reference"] as const) {
      const cell = cellOf(evaluator, accounts);
      cell.run();
      for (let round = 0; round < rounds; round++) measure(cell);
      const [cpu, best] = [spreadOf(cell.byCpu), spreadOf(cell.fastest)].map(({ median }) => Math.round(median / 1000));
      stdout.write(
        `${evaluator.padEnd(10)} ${String(accounts).padStart(8)} ${String(cpu).padStart(17)} k ${String(best).padStart(17)} k\n`,
      );
    }
  }
}
