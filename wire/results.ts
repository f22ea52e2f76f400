/**
 * Results as they travel, made once: the applier writes each result in its wire form where it keeps it, and an answer to a
 * client is a run of such bytes between a few fields. What comes out is the canonical form of a `CommandResponse`.
 *
 * Source: docs/wire-format.md, CommandResponse.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { domainOf } from "./domain.ts";
import type { ClientId, Digest, LogIndex, NodeId, RequestId } from "./types.ts";

// Tags of Protobuf fields: number * 8 + wire type.
const resultsTag = 0x1a;
const requestTag = 0x08;
const indexTag = 0x10;
const outcomeTag = 0x1a;
const nodeTag = 0x08;
const clientTag = 0x10;
const leadingTag = 0x20;
const domainTag = 0x0a;
const clusterTag = 0x12;
const signerTag = 0x18;
const responseTag = 0x6a;

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
  const domain = utf8ToBytes(domainOf.commandResponse);
  const bodyBytes = scalarBytes(node) + scalarBytes(client) + results.length + (leading ? 2 : 0);
  const headBytes = 2 + domain.length + 2 + cluster.length + scalarBytes(node) + 1 + varintBytes(bodyBytes);
  const signed = new Uint8Array(headBytes + bodyBytes);
  let at = 0;
  signed[at++] = domainTag;
  signed[at++] = domain.length;
  signed.set(domain, at);
  at += domain.length;
  signed[at++] = clusterTag;
  signed[at++] = cluster.length;
  signed.set(cluster, at);
  at = putScalar(signed, at + cluster.length, signerTag, node);
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

/** A field with a number; 0 is left out. */
function putScalar(into: Uint8Array, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  into[at] = tag;
  return putVarint(into, at + 1, value);
}

function scalarBytes(value: number): number {
  return value === 0 ? 0 : 1 + varintBytes(value);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Numbers above 2^31 have no bit operations. */
function putVarint(into: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) into[end++] = (rest % 128) | 0x80;
  into[end++] = rest;
  return end;
}
