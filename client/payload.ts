/** A command's or question's own bytes, as a caller may give them. */
import { payloadBytesMax, questionBytesMax } from "../wire/limits.ts";

const encoder = new TextEncoder();

/** Text becomes UTF-8; throws a `RangeError` where it is more than the wire takes. */
export function encodePayload(payload: Uint8Array | string): Uint8Array {
  return encode("command", payload, payloadBytesMax);
}

/** The same for what is asked. */
export function encodeQuestion(question: Uint8Array | string): Uint8Array {
  return encode("question", question, questionBytesMax);
}

function encode(what: string, given: Uint8Array | string, bytesMax: number): Uint8Array {
  const bytes = typeof given === "string" ? encoder.encode(given) : given;
  if (bytes.length <= bytesMax) return bytes;
  throw new RangeError(`a ${what} of ${bytes.length} bytes is longer than ${bytesMax}; split it`);
}
