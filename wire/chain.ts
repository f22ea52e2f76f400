/**
 * The log's incremental hash. hash_i fixes every entry up to i, so equal hashes mean equal logs.
 *
 *   leaf_i = SHA-256("juno/cmd" || signed command)
 *   hash_i = SHA-256("juno/entry" || hash_{i-1} || u64 i || u64 term_i || leaf_i),  hash_0 = SHA-256(genesis)
 *
 * Integers are big-endian. Source: docs/protocol.md, The log.
 */
import { entryTag, leafTag } from "./domain.ts";
import type { Digest, LogIndex, Term } from "./types.ts";

/** SHA-256; Node's own where there is Node, @noble/hashes elsewhere: both must give the same. */
export type Hash = (bytes: Uint8Array) => Uint8Array;

/** The hash of one signed command (the envelope's bytes). */
export function leafHash(hash: Hash, command: Uint8Array): Digest {
  const preimage = new Uint8Array(leafTag.length + command.length);
  preimage.set(leafTag);
  preimage.set(command, leafTag.length);
  return hash(preimage) as Digest;
}

const prevAt = entryTag.length;
const indexAt = prevAt + 32;
const termAt = indexAt + 8;
const leafAt = termAt + 8;

/** A function that extends a chain by one entry; it reuses one buffer, so it is not to be shared between threads. */
export function chainer(hash: Hash): (prev: Uint8Array, index: LogIndex, term: Term, leaf: Uint8Array) => Digest {
  const preimage = new Uint8Array(leafAt + 32);
  preimage.set(entryTag);
  const view = new DataView(preimage.buffer);
  return (prev, index, term, leaf) => {
    preimage.set(prev, prevAt);
    putNumber(view, indexAt, index);
    putNumber(view, termAt, term);
    preimage.set(leaf, leafAt);
    return hash(preimage) as Digest;
  };
}

/** 64 bits, big-endian. By halves: a BigInt for each number of each entry would have to be collected. */
function putNumber(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value % 2 ** 32);
}
