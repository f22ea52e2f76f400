/** SHA-256 by OpenSSL: what the ledger hashes the chain with, and its checksums of rows that no chain covers. */
import { createHash, hash } from "node:crypto";
import type { Hash } from "../wire/chain.ts";
import type { Value } from "./sqlite.ts";

/** Gives plain arrays, so that what is compared, printed or posted does not depend on where it was made. */
export const sha256: Hash = (bytes) => {
  const { buffer, byteOffset, length } = hash("sha256", bytes, "buffer");
  return new Uint8Array(buffer, byteOffset, length);
};

/** 32 bytes over a label and values in order; every value goes in with its type and length, so that none can shift. */
export function checksumOf(label: string, values: readonly Value[]): Uint8Array {
  const sum = createHash("sha256");
  sum.update(`juno/store ${label} ${values.length}\n`);
  for (const value of values) {
    if (value instanceof Uint8Array) sum.update(`bytes ${value.length}\n`).update(value);
    else sum.update(`${value === null ? "null" : typeof value} ${String(value).length}\n${String(value)}`);
  }
  return new Uint8Array(sum.digest());
}
