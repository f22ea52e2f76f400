/**
 * Which answers a client believes: a request is settled when f+1 validators have sent the same index and the same outcome,
 * since one of them is then honest. Pure and total on whatever bytes come; the time is given by the caller.
 *
 * In    frames, with the validator whose connection brought them
 * Out   agreements
 * Owns  the counts of what was refused, and why
 * Rule  docs/protocol.md, Clients
 */

import { type Hash, leafHash } from "../wire/chain.ts";
import { open } from "../wire/envelope.ts";
import { faultyMax } from "../wire/quorum.ts";
import { createResponseReader, type ResponseReader } from "../wire/response-reader.ts";
import { signatureInput } from "../wire/signature-input.ts";
import {
  type ClientId,
  type Digest,
  type LogIndex,
  type NodeId,
  type RequestId,
  type Result,
  sameBytes,
} from "../wire/types.ts";
import { type Claim, dropRequest, type Pending, type Request } from "./pending.ts";

/** Whether a signature over a message is the key's; as a signature engine has it. */
export type Verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

export type MatchingConfig = {
  readonly cluster: Digest;
  readonly client: ClientId;
  /** Public keys of all validators. */
  readonly validators: ReadonlyMap<NodeId, Uint8Array>;
  readonly verify: Verify;
  /** SHA-256. */
  readonly hash: Hash;
};

/** A settled request. */
export type Agreement = {
  readonly request: RequestId;
  /** 0 where the command took no effect, since this client has used its number for another one. */
  readonly index: LogIndex;
  /** In memory of its own. */
  readonly outcome: Uint8Array;
  /** Who agreed, in the order of their answers. */
  readonly nodes: readonly NodeId[];
  /** Milliseconds, on the clock of the caller. */
  readonly firstSentAt: number;
};

export type Matching = {
  readonly config: MatchingConfig;
  readonly pending: Pending;
  readonly reader: ResponseReader;
  /** Equal answers that settle a request: f+1. */
  readonly agreeing: number;
  /** Frames refused whole, by reason. */
  readonly rejected: Map<string, number>;
  /** Results that came for requests settled or given up, by validator. */
  readonly late: Map<NodeId, number>;
  /** Results that differ from what was agreed upon or from the validator's own earlier one: somebody lies or is broken. */
  readonly disagreed: Map<NodeId, number>;
  /** Who last said, signed, that it leads: a hint, which may be a lie. */
  leading: NodeId | undefined;
};

export function createMatching(config: MatchingConfig, pending: Pending): Matching {
  const agreeing = faultyMax(config.validators.size) + 1;
  const reader = createResponseReader(config.cluster);
  const counts = { rejected: new Map(), late: new Map(), disagreed: new Map() };
  return { config, pending, reader, agreeing, ...counts, leading: undefined };
}

/** Takes one frame that came on the connection to `from`; returns the requests it settled. Keeps no view of `frame`. */
export function takeFrame(matching: Matching, from: NodeId, frame: Uint8Array): Agreement[] {
  const { reader, pending } = matching;
  const flaw = reader.read(frame) ? flawOfAnswer(matching, from) : flawOfOther(matching.config, frame);
  if (flaw !== undefined) {
    count(matching.rejected, flaw);
    return [];
  }
  // Nothing hangs on answers that come late, and there are f+1 or more of those for each request: spare the check.
  if (!answersAny(reader, pending)) {
    count(matching.late, from, reader.count);
    return [];
  }
  if (!isSigned(matching.config, reader, from, frame)) {
    count(matching.rejected, "invalid signature");
    return [];
  }
  if (reader.leading) matching.leading = from;
  const agreements: Agreement[] = [];
  for (let row = 0; row < reader.count; row++) {
    const id = reader.requests[row] as RequestId;
    const request = pending.requests.get(id);
    if (request === undefined) {
      count(matching.late, from);
      continue;
    }
    const outcome = frame.subarray(reader.outcomeStarts[row], reader.outcomeEnds[row]);
    const result = { request: id, index: reader.indexes[row] as LogIndex, outcome };
    const agreement = takeResult(matching, from, request, result);
    if (agreement !== undefined) agreements.push(agreement);
  }
  return agreements;
}

function flawOfAnswer({ reader, config }: Matching, from: NodeId): string | undefined {
  if (reader.node !== from) return "answer of another validator than the one dialed";
  if (reader.client !== config.client) return "answer to another client";
  return config.validators.has(from) ? undefined : "not a validator";
}

/** Why a frame is no answer with results. */
function flawOfOther({ cluster }: MatchingConfig, frame: Uint8Array): string {
  const opened = open(frame, cluster);
  if (!opened.ok) return opened.reason;
  return opened.value.body.$case === "commandResponse" ? "answer without results" : "not an answer";
}

function answersAny({ count: rows, requests }: ResponseReader, pending: Pending): boolean {
  for (let row = 0; row < rows; row++) if (pending.requests.has(requests[row] as RequestId)) return true;
  return false;
}

function isSigned(config: MatchingConfig, reader: ResponseReader, from: NodeId, frame: Uint8Array): boolean {
  const { verify, hash, validators } = config;
  const key = validators.get(from);
  if (key === undefined) return false;
  const signature = frame.subarray(reader.signatureStart, reader.signatureStart + 64);
  const signed = frame.subarray(reader.signedStart, reader.signedEnd);
  return verify(signature, signatureInput(hash, "commandResponse", signed), key);
}

function takeResult(matching: Matching, from: NodeId, request: Request, result: Result): Agreement | undefined {
  // Another process with this client's key is told that its command came too late: it may be the one.
  if (result.index === 0 && !sameBytes(result.outcome, leafHash(matching.config.hash, request.command)))
    return undefined;
  const short = result.outcome.length <= keptBytesMax;
  // What is kept itself is compared itself: cheaper than any hash.
  const fingerprint = short ? result.outcome : matching.config.hash(result.outcome);
  const claim = claimOf(request, result, fingerprint);
  for (const { nodes } of request.claims) {
    if (!nodes.includes(from)) continue;
    if (claim?.nodes !== nodes) count(matching.disagreed, from);
    return undefined;
  }
  // A copy: a view would keep the whole frame alive.
  const agreed = claim ?? addClaim(request, result, short ? fingerprint.slice() : fingerprint);
  agreed.nodes.push(from);
  if (agreed.nodes.length < matching.agreeing) return undefined;
  dropRequest(matching.pending, result.request);
  if (request.claims.length > 1) noteOthers(matching, request, agreed);
  const outcome = short ? agreed.fingerprint : result.outcome.slice();
  return {
    request: result.request,
    index: result.index,
    outcome,
    nodes: agreed.nodes,
    firstSentAt: request.firstSentAt,
  };
}

/** Outcomes up to this length are kept until enough validators have sent them, longer ones only as a hash: a liar must not fill the memory. */
const keptBytesMax = 1024;

function claimOf(request: Request, { index, outcome }: Result, fingerprint: Uint8Array): Claim | undefined {
  for (const claim of request.claims) {
    const { index: claimed, outcomeBytes } = claim;
    if (claimed === index && outcomeBytes === outcome.length && sameBytes(claim.fingerprint, fingerprint)) return claim;
  }
  return undefined;
}

function addClaim(request: Request, { index, outcome }: Result, fingerprint: Uint8Array): Claim {
  const claim: Claim = { index, outcomeBytes: outcome.length, fingerprint, nodes: [] };
  request.claims.push(claim);
  return claim;
}

function noteOthers(matching: Matching, request: Request, agreed: Claim): void {
  for (const claim of request.claims) {
    if (claim !== agreed) for (const node of claim.nodes) count(matching.disagreed, node);
  }
}

function count<Key>(counts: Map<Key, number>, key: Key, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
