/**
 * Signatures checked per second on one core, by engine, batch size and number of keys; and what invalid ones cost.
 *
 * Usage: node bench/engines.ts [--rounds 9] [--noble]
 *
 * All cells are measured in each round, one after another: the fastest call within 20 ms. The median over the rounds is
 * printed: machines are noisy, so compare inside one run.
 */
import { parseArgs } from "node:util";
import { type Engine, engineNames, loadEngine } from "../pools/engine.ts";
import { generateKeyPair } from "../pools/public-key.ts";
import { checkCount, type SignatureBatch } from "../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../pools/signature-batch-builder.ts";
import { verifyBatch } from "../pools/verify-batch.ts";

const sizes = [1, 8, 16, 64, 256, 1000];
const keyCounts = [1, 2, 16];
const messageBytes = 160;
/** Long enough for the clock, short enough for many rounds. */
const cellMs = 20;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "9" }, noble: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
const engines = await Promise.all(engineNames.filter((name) => name !== "noble" || values.noble).map(loadEngine));
const [signer] = engines;
if (signer === undefined) throw new Error("no engine");
const keyPairs = Array.from({ length: 16 }, generateKeyPair);

type Cell = { readonly engine: Engine; readonly batch: SignatureBatch; readonly rates: number[] };

/** `badEvery` 0: all valid; 1: all invalid, with a message that was not signed; 2: every other one, and so on. */
function batchOf(size: number, keys: number, badEvery = 0): SignatureBatch {
  const builder = new SignatureBatchBuilder("own");
  for (let number = 0; number < size; number++) {
    const pair = keyPairs[number % keys] ?? generateKeyPair();
    const message = Buffer.from(`command ${number}`.padEnd(messageBytes, "."));
    const signature = signer?.sign(message, pair.secretSeed) ?? message;
    if (badEvery > 0 && number % badEvery === badEvery - 1) message[0] = 0;
    const at = builder.addSource(Buffer.concat([signature, message]));
    builder.addCheck(at + 64, at + 64 + messageBytes, at, pair.publicKey);
  }
  return builder.build().batch;
}

/** The fastest call of some, by the clock: the others were interrupted by whatever else the machine does. */
function measure({ engine, batch, rates }: Cell): void {
  const end = performance.now() + cellMs;
  let leastMs = Number.POSITIVE_INFINITY;
  for (let now = performance.now(); now < end; ) {
    verifyBatch(engine, batch);
    const after = performance.now();
    leastMs = Math.min(leastMs, after - now);
    now = after;
  }
  rates.push((checkCount(batch) / leastMs) * 1000);
}

function median({ rates }: Cell): number {
  return rates.toSorted((a, b) => a - b)[rates.length >> 1] ?? Number.NaN;
}

const table = sizes.flatMap((size) =>
  keyCounts
    .filter((keys) => keys <= size)
    .map((keys) => {
      const batch = batchOf(size, keys);
      return { size, keys, cells: engines.map((engine): Cell => ({ engine, batch, rates: [] })) };
    }),
);
const spoilt = [0, 256, 16, 4, 2, 1].map((badEvery) => {
  const cell: Cell = { engine: signer, batch: batchOf(256, 4, badEvery), rates: [] };
  return { badEvery, cell };
});
const cells = [...table.flatMap((row) => row.cells), ...spoilt.map(({ cell }) => cell)];
for (let round = -1; round < rounds; round++) {
  for (const cell of cells) measure(cell);
  // The first round warms up.
  if (round < 0) for (const { rates } of cells) rates.length = 0;
}

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const column = (text: string | number): string => String(text).padStart(12);
out(`node ${process.version}, one thread, messages of ${messageBytes} bytes, median of ${rounds} interleaved rounds`);
out(
  `signatures/s${column("batch")}${column("keys")}${engines.map(({ name }) => column(name)).join("")}${column("simd/sodium")}`,
);
for (const { size, keys, cells } of table) {
  const [simd = Number.NaN, sodium = Number.NaN] = cells.map(median);
  const rates = cells.map((cell) => column(Math.round(median(cell)))).join("");
  out(`            ${column(size)}${column(keys)}${rates}${column((simd / sodium).toFixed(2))}`);
}
out(`simd, batches of 256 under 4 keys${column("µs each")}${column("to honest")}`);
const [honest] = spoilt;
for (const { badEvery, cell } of spoilt) {
  const name = badEvery === 0 ? "all valid" : `one in ${badEvery} invalid`;
  const ratio = honest === undefined ? Number.NaN : median(honest.cell) / median(cell);
  out(`${name.padEnd(33)}${column((1e6 / median(cell)).toFixed(1))}${column(ratio.toFixed(2))}`);
}
