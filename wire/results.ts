/**
 * Results as they travel, made once: the applier writes each result in its wire form where it keeps it, and an answer to a
 * client is a run of such bytes between a few fields. What comes out is the canonical form of a `CommandResponse`.
 *
 * Source: docs/wire-format.md, CommandResponse.
 */
import { signerTag } from "./command-tags.ts";
import {
  clientTag,
  indexTag,
  leadingTag,
  nodeTag,
  outcomeTag,
  requestTag,
  responseTag,
  resultsTag,
} from "./response-tags.ts";
import { signedPrefix } from "./signed-prefix.ts";
import type { ClientId, Digest, LogIndex, NodeId, RequestId } from "./types.ts";
import { putScalar, putVarint, scalarBytes, varintBytes } from "./varint.ts";

/** Bytes of a result besides its outcome, at most: tags, lengths, request and index. */
export const resultBytesOver: number = 1 + 4 + 1 + 8 + 1 + 8 + 1 + 4;

/** Writes one result at `at` and returns the end; there must be room for the outcome and `resultBytesOver` more. */
export function putResult(
  into: Uint8Array,
  at: number,
  request: RequestId,
  index: LogIndex,
  outcome: Uint8Array,
): number {
  const outcomeBytes = outcome.length === 0 ? 0 : 1 + varintBytes(outcome.length) + outcome.length;
  let end = at;
  into[end++] = resultsTag;
  end = putVarint(into, end, scalarBytes(request) + scalarBytes(index) + outcomeBytes);
  end = putScalar(into, end, requestTag, request);
  end = putScalar(into, end, indexTag, index);
  if (outcome.length === 0) return end;
  into[end++] = outcomeTag;
  end = putVarint(into, end, outcome.length);
  into.set(outcome, end);
  return end + outcome.length;
}

/** The bytes that a node signs to tell a client these results, which `putResult` wrote one behind the other. */
export function encodeResponse(
  cluster: Digest,
  node: NodeId,
  client: ClientId,
  results: Uint8Array,
  leading: boolean,
): Uint8Array {
  const prefix = signedPrefix("commandResponse", cluster);
  const bodyBytes = scalarBytes(node) + scalarBytes(client) + results.length + (leading ? 2 : 0);
  const headBytes = prefix.length + scalarBytes(node) + 1 + varintBytes(bodyBytes);
  const signed = new Uint8Array(headBytes + bodyBytes);
  signed.set(prefix);
  let at = putScalar(signed, prefix.length, signerTag, node);
  signed[at++] = responseTag;
  at = putVarint(signed, at, bodyBytes);
  at = putScalar(signed, at, nodeTag, node);
  at = putScalar(signed, at, clientTag, client);
  signed.set(results, at);
  at += results.length;
  if (leading) {
    signed[at++] = leadingTag;
    signed[at++] = 1;
  }
  return signed;
}
