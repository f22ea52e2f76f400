/** Brings a batch into memory that threads share. */
import type { SignatureBatch } from "./signature-batch.ts";

export const emptyBatch: SignatureBatch = {
  data: new Uint8Array(0),
  checks: new Uint32Array(0),
  keys: new Uint8Array(0),
  leaves: new Uint32Array(0),
};

/** Copies the arrays that are in plain memory, so that posting a batch to several threads copies nothing more. */
export function sharedBatch({ data, checks, keys, leaves }: SignatureBatch): SignatureBatch {
  return {
    data: sharedBytes(data),
    checks: sharedNumbers(checks),
    keys: sharedBytes(keys),
    leaves: sharedNumbers(leaves),
  };
}

function sharedBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  copy.set(bytes);
  return copy;
}

function sharedNumbers(numbers: Uint32Array): Uint32Array {
  if (numbers.buffer instanceof SharedArrayBuffer) return numbers;
  const copy = new Uint32Array(new SharedArrayBuffer(numbers.byteLength));
  copy.set(numbers);
  return copy;
}
