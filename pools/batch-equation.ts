/** The batch equation: Ed25519 by ZIP-215 in WebAssembly, many signatures by one sum or one by its own (see wasm/batch.ts). */
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { KeySlots } from "./key-slots.ts";
import { numbersPerCheck } from "./signature-batch.ts";

/** What wasm/batch.ts exports for us; addresses and sizes in bytes. */
type Exports = {
  readonly memory: WebAssembly.Memory;
  readonly checksMax: () => number;
  readonly dataBytesMax: () => number;
  readonly keysMax: () => number;
  readonly dataStart: () => number;
  readonly checksStart: () => number;
  readonly randomStart: () => number;
  readonly soundStart: () => number;
  readonly keysStart: () => number;
  readonly addKey: (slot: number) => number;
  readonly prepare: (count: number) => void;
  readonly sum: (start: number, end: number) => number;
  readonly single: (number: number) => number;
  readonly operationCount: () => bigint;
};

export type BatchEquation = {
  /** Checks that one `take` may bring. */
  readonly checksMax: number;
  /** Bytes of data that one `take` may span. */
  readonly dataBytesMax: number;
  /**
   * Takes checks in, in place of those before: `data` from `dataStart` to `dataEnd` holds all their messages and
   * signatures. The first `count` of `checks` are four numbers each, as in `SignatureBatch`, but with the key's slot in
   * place of its number.
   */
  readonly take: (data: Uint8Array, dataStart: number, dataEnd: number, checks: Uint32Array, count: number) => void;
  /** True where all checks from `start` to `end` are valid, leaving out those that are not sound. */
  readonly sum: (start: number, end: number) => boolean;
  /** True where the check is valid. */
  readonly single: (number: number) => boolean;
  /** False where S is too large, or the key or R is no point: such a check is invalid, and no sum counts it. */
  readonly isSound: (number: number) => boolean;
  /** Keys whose tables are kept. */
  readonly keysMax: number;
  readonly keys: KeySlots;
  /** Additions and doublings of points so far. */
  readonly operations: () => bigint;
};

/** Makes an instance of its own, with some 15 MB of memory of which few are touched; a thread needs one. */
export function createBatchEquation(): BatchEquation {
  const wasm = instance().exports as unknown as Exports;
  const checksMax = wasm.checksMax();
  const dataBytesMax = wasm.dataBytesMax();
  // The memory never grows after the start, so that these stay what they are.
  const { buffer } = wasm.memory;
  const data = new Uint8Array(buffer, wasm.dataStart(), dataBytesMax);
  const numbers = new Uint32Array(buffer, wasm.checksStart(), checksMax * 4);
  const random = new Uint8Array(buffer, wasm.randomStart(), checksMax * 16);
  const sound = new Uint8Array(buffer, wasm.soundStart(), checksMax);
  const keysMax = wasm.keysMax();
  const keyBytes = new Uint8Array(buffer, wasm.keysStart(), (keysMax + 1) * 32);

  /** Checks taken in, and of how many of them the random factors are new. */
  let taken = 0;
  let randomised = 0;

  return {
    checksMax,
    dataBytesMax,
    take: (from, dataStart, dataEnd, checks, count) => {
      if (count > checksMax || dataEnd - dataStart > dataBytesMax) throw new RangeError("too much for one batch");
      data.set(from.subarray(dataStart, dataEnd));
      for (let at = 0; at < count * numbersPerCheck; at++) {
        const number = checks[at] ?? 0;
        numbers[at] = at % numbersPerCheck === numbersPerCheck - 1 ? number : number - dataStart;
      }
      taken = count;
      randomised = 0;
      wasm.prepare(count);
    },
    sum: (start, end) => {
      // New ones for each batch, drawn when all of it is here: whoever knew them could make invalid signatures whose errors
      // add up to nothing.
      if (randomised < taken) {
        randomFillSync(random, 0, taken * 16);
        randomised = taken;
      }
      return wasm.sum(start, end) !== 0;
    },
    single: (number) => sound[number] !== 0 && wasm.single(number) !== 0,
    isSound: (number) => sound[number] !== 0,
    keysMax,
    keys: new KeySlots(keysMax, (slot, key) => {
      keyBytes.set(key, slot * 32);
      return wasm.addKey(slot) !== 0;
    }),
    operations: wasm.operationCount,
  };
}

let compiled: WebAssembly.Module | undefined;

function instance(): WebAssembly.Instance {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("./ed25519-batch.wasm", import.meta.url)));
  return new WebAssembly.Instance(compiled, {
    env: {
      abort: () => {
        throw new Error("ed25519-batch.wasm has stopped");
      },
    },
  });
}
