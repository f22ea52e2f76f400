/**
 * The engine of our own: batches by one equation in WebAssembly SIMD, five times as fast as libsodium.
 *
 * Its verdict is ZIP-215's by construction, and needs no reference; the reference only judges what is too large for its
 * memory. A native engine beside it signs, and checks under keys that come once and have no tables here.
 */
import { type BatchEquation, createBatchEquation } from "./batch-equation.ts";
import type { Engine } from "./engine.ts";
import { findInvalid } from "./find-invalid.ts";
import { type FastEngine, oneVerdict } from "./one-verdict.ts";
import { checkAt, numbersPerCheck, type SignatureBatch } from "./signature-batch.ts";

/** Checks under one key in one batch from which on it is worth making its tables in place of another's. */
const usesForTables = 4;

/** Makes an engine with memory of its own; a thread needs one. */
export function createSimdEngine(native: FastEngine, reference: Engine): Engine {
  const equation = createBatchEquation();
  const { keys, checksMax, dataBytesMax } = equation;
  const other = oneVerdict(native, reference);
  /** Size of the first block of the next batch: small while signatures are mostly invalid. */
  let block = checksMax;
  const found = new Uint8Array(checksMax);

  function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== 64 || publicKey.length !== 32) return false;
    const bytes = 64 + message.length;
    if (bytes > dataBytesMax) return other.verify(signature, message, publicKey);
    let slot = keys.find(publicKey) ?? (keys.isFull ? undefined : keys.add(publicKey));
    if (slot === undefined) {
      if (native.accepts(signature, message, publicKey)) return true;
      slot = keys.lend(publicKey);
    }
    const data = new Uint8Array(bytes);
    data.set(signature);
    data.set(message, 64);
    equation.take(data, 0, bytes, Uint32Array.of(64, bytes, 0, slot), 1);
    return equation.single(0);
  }

  function verifyMany(batch: SignatureBatch, start: number, end: number, valid: Uint8Array): void {
    const checks = batch.checks.slice(start * numbersPerCheck, end * numbersPerCheck);
    const { dataStart, dataEnd } = span(checks);
    if (dataEnd - dataStart > dataBytesMax || end - start > checksMax) {
      const middle = (start + end) >> 1;
      if (middle === start) verifyOne(batch, start, valid);
      else {
        verifyMany(batch, start, middle, valid);
        verifyMany(batch, middle, end, valid);
      }
      return;
    }
    const slots = slotsOf(equation, batch, checks);
    /** Of those that are taken: their numbers, and in `checks` what the equation wants of them. */
    const numbers: number[] = [];
    const left: number[] = [];
    for (let number = start; number < end; number++) {
      const from = (number - start) * numbersPerCheck;
      const slot = slots.get(checks[from + 3] ?? 0);
      if (slot === undefined) left.push(number);
      else {
        const to = numbers.length * numbersPerCheck;
        checks.copyWithin(to, from, from + 3);
        checks[to + 3] = slot;
        numbers.push(number);
      }
    }
    if (numbers.length > 0) {
      equation.take(batch.data, dataStart, dataEnd, checks, numbers.length);
      block = Math.min(findInvalid(numbers.length, equation, found, block), checksMax);
      for (const [at, number] of numbers.entries()) valid[number] = found[at] ?? 0;
    }
    for (const number of left) verifyOne(batch, number, valid);
  }

  function verifyOne(batch: SignatureBatch, number: number, valid: Uint8Array): void {
    const { messageStart, messageEnd, signatureStart, keyNumber } = checkAt(batch, number);
    const isValid = verify(
      batch.data.subarray(signatureStart, signatureStart + 64),
      batch.data.subarray(messageStart, messageEnd),
      keyAt(batch, keyNumber),
    );
    valid[number] = isValid ? 1 : 0;
  }

  return { name: "simd", verify, sign: native.sign, many: { checksMax, verify: verifyMany } };
}

/** The slots of the keys that have tables, or get them, by key number. */
function slotsOf({ keys }: BatchEquation, batch: SignatureBatch, checks: Uint32Array): Map<number, number> {
  const uses: Map<number, number> = new Map();
  for (let at = 3; at < checks.length; at += numbersPerCheck) {
    const keyNumber = checks[at] ?? 0;
    uses.set(keyNumber, (uses.get(keyNumber) ?? 0) + 1);
  }
  const slots: Map<number, number> = new Map();
  // First those that have them: they count as used, so that none of them is taken for another of this batch.
  for (const keyNumber of uses.keys()) {
    const slot = keys.find(keyAt(batch, keyNumber));
    if (slot !== undefined) slots.set(keyNumber, slot);
  }
  for (const [keyNumber, count] of uses) {
    if (slots.has(keyNumber) || (keys.isFull && count < usesForTables)) continue;
    const key = keyAt(batch, keyNumber);
    // Two numbers may name one key.
    slots.set(keyNumber, keys.find(key) ?? keys.add(key));
  }
  return slots;
}

function keyAt({ keys }: SignatureBatch, keyNumber: number): Uint8Array {
  return keys.subarray(keyNumber * 32, keyNumber * 32 + 32);
}

/** The stretch of data that holds all messages and signatures. */
function span(checks: Uint32Array): { readonly dataStart: number; readonly dataEnd: number } {
  let dataStart = 2 ** 32;
  let dataEnd = 0;
  for (let at = 0; at < checks.length; at += numbersPerCheck) {
    const [messageStart = 0, messageEnd = 0, signatureStart = 0] = [checks[at], checks[at + 1], checks[at + 2]];
    dataStart = Math.min(dataStart, messageStart, signatureStart);
    dataEnd = Math.max(dataEnd, messageEnd, signatureStart + 64);
  }
  return { dataStart, dataEnd };
}
