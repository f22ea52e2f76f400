/**
 * Writes signed commands: the canonical form, byte for byte what the schema's codec makes, in one piece of memory each. A
 * client that floods makes nothing else.
 */
import { clientTag, commandTag, payloadTag, requestTag, signatureTag, signedTag, signerTag } from "./command-tags.ts";
import { signedPrefix } from "./signed-prefix.ts";
import type { ClientId, Digest, RequestId } from "./types.ts";
import { putScalar, putVarint, scalarBytes, varintBytes } from "./varint.ts";

const signatureBytes = 64;

/** Makes a function that returns a command's envelope, in memory of its own; `sign` signs with the client's key. */
export function commandWriter(
  cluster: Digest,
  client: ClientId,
  sign: (message: Uint8Array) => Uint8Array,
): (request: RequestId, payload: Uint8Array) => Uint8Array {
  const prefix = signedPrefix("command", cluster);
  return (request, payload) => {
    const payloadField = payload.length === 0 ? 0 : 1 + varintBytes(payload.length) + payload.length;
    const bodyBytes = scalarBytes(client) + scalarBytes(request) + payloadField;
    const signedLength = prefix.length + scalarBytes(client) + 1 + varintBytes(bodyBytes) + bodyBytes;
    const signedStart = 1 + varintBytes(signedLength);
    const envelope = new Uint8Array(signedStart + signedLength + 2 + signatureBytes);
    envelope[0] = signedTag;
    putVarint(envelope, 1, signedLength);
    envelope.set(prefix, signedStart);
    let at = putScalar(envelope, signedStart + prefix.length, signerTag, client);
    envelope[at++] = commandTag;
    at = putVarint(envelope, at, bodyBytes);
    at = putScalar(envelope, at, clientTag, client);
    at = putScalar(envelope, at, requestTag, request);
    if (payload.length > 0) {
      envelope[at++] = payloadTag;
      at = putVarint(envelope, at, payload.length);
      envelope.set(payload, at);
      at += payload.length;
    }
    const signature = sign(envelope.subarray(signedStart, at));
    envelope[at++] = signatureTag;
    envelope[at++] = signatureBytes;
    envelope.set(signature, at);
    return envelope;
  };
}
