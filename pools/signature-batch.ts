/** The batch: many signatures to check and leaves to hash, over one stretch of bytes that all threads share. */

/** Numbers that describe one check in `SignatureBatch.checks`. */
export const numbersPerCheck = 4;
/** Numbers that describe one leaf in `SignatureBatch.leaves`. */
export const numbersPerLeaf = 2;

/** Whoever makes a batch writes none of its arrays afterwards: threads read them while they work. */
export type SignatureBatch = {
  /** What was received; backed by a SharedArrayBuffer in a node, so that a hop between threads copies nothing. */
  readonly data: Uint8Array;
  /** Four numbers a check: start and end of its message, start of its 64-byte signature (offsets in `data`), key number. */
  readonly checks: Uint32Array;
  /** 32 bytes a key, each key once. */
  readonly keys: Uint8Array;
  /** Two numbers a leaf: start and end of the range of `data` to hash. */
  readonly leaves: Uint32Array;
};

export type BatchVerdict = {
  /** 1 where the check's signature is valid, 0 where not; in the order of the checks. */
  readonly valid: Uint8Array;
  /** 32 bytes a leaf: SHA-256(leaf tag || range); in the order of the leaves. */
  readonly leaves: Uint8Array;
};

export type Check = {
  readonly messageStart: number;
  readonly messageEnd: number;
  readonly signatureStart: number;
  readonly keyNumber: number;
};

export function checkCount(batch: SignatureBatch): number {
  return batch.checks.length / numbersPerCheck;
}

export function leafCount(batch: SignatureBatch): number {
  return batch.leaves.length / numbersPerLeaf;
}

/** Reads one check; throws where the batch has none of that number. */
export function checkAt(batch: SignatureBatch, number: number): Check {
  const at = number * numbersPerCheck;
  return {
    messageStart: numberAt(batch.checks, at),
    messageEnd: numberAt(batch.checks, at + 1),
    signatureStart: numberAt(batch.checks, at + 2),
    keyNumber: numberAt(batch.checks, at + 3),
  };
}

/** Reads one leaf's range; throws where the batch has none of that number. */
export function leafAt(batch: SignatureBatch, number: number): { readonly start: number; readonly end: number } {
  const at = number * numbersPerLeaf;
  return { start: numberAt(batch.leaves, at), end: numberAt(batch.leaves, at + 1) };
}

/** Throws where an offset leaves the data: a subarray would silently be shorter, and another message be checked. */
export function assertBatch(batch: SignatureBatch): void {
  const { data, keys } = batch;
  assertThat(Number.isInteger(checkCount(batch)) && Number.isInteger(leafCount(batch)), "whole checks and leaves");
  for (let number = 0; number < checkCount(batch); number++) {
    const { messageStart, messageEnd, signatureStart, keyNumber } = checkAt(batch, number);
    assertThat(messageStart <= messageEnd && messageEnd <= data.length, `check ${number}: message inside the data`);
    assertThat(signatureStart + 64 <= data.length, `check ${number}: signature inside the data`);
    assertThat((keyNumber + 1) * 32 <= keys.length, `check ${number}: key in the batch`);
  }
  for (let number = 0; number < leafCount(batch); number++) {
    const { start, end } = leafAt(batch, number);
    assertThat(start <= end && end <= data.length, `leaf ${number}: range inside the data`);
  }
}

/** An empty verdict of the size that a batch needs, in memory that threads can share if asked for. */
export function verdictFor(batch: SignatureBatch, memory: "shared" | "own"): BatchVerdict {
  const bytes = checkCount(batch) + leafCount(batch) * 32;
  const buffer = memory === "shared" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  return { valid: new Uint8Array(buffer, 0, checkCount(batch)), leaves: new Uint8Array(buffer, checkCount(batch)) };
}

function numberAt(numbers: Uint32Array, at: number): number {
  const number = numbers[at];
  if (number === undefined) throw new RangeError(`signature batch: nothing at ${at}`);
  return number;
}

function assertThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(`signature batch contradicts itself: ${what}`);
}
