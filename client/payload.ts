/** A command's own bytes, as a caller may give them. */
import { payloadBytesMax } from "../wire/limits.ts";

const encoder = new TextEncoder();

/** Text becomes UTF-8; throws a `RangeError` where it is more than the wire takes. */
export function encodePayload(payload: Uint8Array | string): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  if (bytes.length <= payloadBytesMax) return bytes;
  throw new RangeError(`a command of ${bytes.length} bytes is longer than ${payloadBytesMax}; split it`);
}
