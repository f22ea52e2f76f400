/**
 * A first look at untrusted protobuf bytes without allocating: which domain they claim, and that no list in them is
 * longer than allowed. Decoding proper comes after; this only keeps it from building millions of objects.
 */
import { certificateBytesMax, commandsPerMessageMax } from "./limits.ts";

type Visit = (field: number, start: number, end: number) => boolean;

/** The body fields that hold certificates or proofs beside a list of commands (AppendEntries.proof). */
const appendEntriesField = 20;
const syncResponseField = 28;
const bodyFieldMin = 10;

/**
 * Walks the fields of one message in `bytes[start, end)`; scalar fields are visited with an empty range.
 * False where the bytes are malformed or a visit says stop.
 */
function walk(bytes: Uint8Array, start: number, end: number, visit: Visit): boolean {
  let at = start;
  while (at < end) {
    let tag = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || at > end || shift > 28) return false;
      tag |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    const wireType = tag & 7;
    if (wireType === 0) {
      for (let length = 0; ; length++) {
        const byte = bytes[at++];
        if (byte === undefined || at > end || length > 9) return false;
        if (byte < 0x80) break;
      }
      if (!visit(tag >>> 3, at, at)) return false;
      continue;
    }
    if (wireType !== 2) return false;
    let length = 0;
    shift = 0;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || at > end || shift > 21) return false;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    if (length > end - at) return false;
    if (!visit(tag >>> 3, at, at + length)) return false;
    at += length;
  }
  return true;
}

/** True where the signed bytes are well formed down to the body's fields and keep the limits on lists. */
export function withinListLimits(signed: Uint8Array): boolean {
  let fields = 0;
  return walk(signed, 0, signed.length, (field, start, end) => {
    if (++fields > 4) return false;
    if (field < bodyFieldMin) return true;
    let items = 0;
    const bulk = field === appendEntriesField || field === syncResponseField;
    return walk(signed, start, end, (inner, innerStart, innerEnd) => {
      if (++items > commandsPerMessageMax + 8) return false;
      const certificate = bulk && inner >= 5 && !(field === appendEntriesField && inner < 7);
      return !certificate || innerEnd - innerStart <= certificateBytesMax;
    });
  });
}
