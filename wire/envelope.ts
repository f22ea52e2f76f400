/**
 * The signed envelope: how a message becomes bytes, and how untrusted bytes become a message whose form, domain,
 * cluster and sender are checked (but not yet its signature). Nothing here throws on input.
 *
 * Source: docs/wire-format.md. Answers the defects of the old Juno's envelope: identity bound to the signer, the
 * message type and the cluster inside the signed bytes, no byte left over.
 */
import { envelopeShape, isCanonical, signedShape } from "./canonical.ts";
import { type Carried, findCarried, nothingCarried } from "./carried.ts";
import { domainOf } from "./domain.ts";
import * as proto from "./gen/juno.ts";
import {
  commandsPerMessageMax,
  controlBytesMax,
  frameBytesMax,
  payloadBytesMax,
  questionBytesMax,
  validatorsMax,
} from "./limits.ts";
import type {
  Body,
  Certificate,
  Digest,
  ElectionProof,
  Endorsement,
  Outcome,
  Signature,
  TimeoutCertificate,
} from "./types.ts";
import { sameBytes } from "./types.ts";

/** A message whose form is right and whose signature is still to be checked. */
export type Opened = {
  /** The very bytes that were signed; a view into the frame. */
  readonly signed: Uint8Array;
  readonly signature: Signature;
  /** The id inside the signed bytes: of a client for the bodies that clients sign, else of a node. */
  readonly signer: number;
  readonly body: Body;
};

/** The canonical bytes that are signed for a body. Pure function of its arguments. */
export function encodeSigned(cluster: Digest, signer: number, body: Body): Uint8Array {
  return proto.Signed.encode({ domain: domainOf[body.$case], cluster, signer, body }).finish();
}

/** The frame that carries signed bytes and their signature. */
export function encodeEnvelope(signed: Uint8Array, signature: Uint8Array): Uint8Array {
  return proto.Envelope.encode({ signed, signature }).finish();
}

const refuse = (reason: string): Outcome<never> => ({ ok: false, reason });

/**
 * Opens one frame. Refuses, with a reason that counters can be kept by: oversized, malformed or non-canonical bytes,
 * a domain tag of another message, another cluster's id, and a signer that is not the one the body names.
 * The views in the result share memory with `frame`.
 */
export function open(frame: Uint8Array, cluster: Digest): Outcome<Opened> {
  const sealed = partsOf(frame);
  if (!sealed.ok) return sealed;
  const content = proto.Signed.decode(sealed.value.signed);
  const list = listOf(content.body as Body | undefined);
  return check(sealed.value, content, list, cluster);
}

/** A message with the commands that it carries left where they lie: in its body, lists of commands or entries are empty. */
export type OpenedInPlace = { readonly opened: Opened; readonly carried: Carried };

/** Takes and refuses exactly what `open` does, for the same reasons, without an object for each command in it. */
export function openInPlace(frame: Uint8Array, cluster: Digest): Outcome<OpenedInPlace> {
  const sealed = partsOf(frame);
  if (!sealed.ok) return sealed;
  const { signed } = sealed.value;
  const carrier = findCarried(signed, signed.byteOffset - frame.byteOffset);
  const carried = carrier?.carried ?? nothingCarried;
  const outcome = check(sealed.value, carrier?.rest ?? proto.Signed.decode(signed), carried, cluster);
  return outcome.ok ? { ok: true, value: { opened: outcome.value, carried } } : outcome;
}

type Sealed = { readonly signed: Uint8Array; readonly signature: Signature };

function partsOf(frame: Uint8Array): Outcome<Sealed> {
  if (frame.length > frameBytesMax) return refuse("frame too large");
  if (!isCanonical(frame, envelopeShape)) return refuse("malformed envelope");
  const { signed, signature } = proto.Envelope.decode(frame);
  if (signature.length !== 64) return refuse("signature is not 64 bytes");
  if (!isCanonical(signed, signedShape)) return refuse("malformed or non-canonical message");
  return { ok: true, value: { signed, signature: signature as Signature } };
}

/** What is judged of the commands or entries in a message. */
type List = Pick<Carried, "count" | "terms">;

function listOf(body: Body | undefined): List {
  switch (body?.$case) {
    case "commandBatch":
    case "relay":
      return { count: body.value.commands.length, terms: nothingCarried.terms };
    case "appendEntries":
    case "syncResponse": {
      const { entries } = body.value;
      return { count: entries.length, terms: Float64Array.from(entries, ({ term }) => term) };
    }
    default:
      return nothingCarried;
  }
}

function check({ signed, signature }: Sealed, content: proto.Signed, list: List, cluster: Digest): Outcome<Opened> {
  if (content.body === undefined) return refuse("message without body");
  if (content.domain !== domainOf[content.body.$case]) return refuse("domain tag of another message");
  if (!sameBytes(content.cluster, cluster)) return refuse("another cluster");
  // The one place where decoded numbers and bytes get their names: the checks below make it true.
  const body = content.body as Body;
  const flaw = flawOf(body, list, signed.length);
  if (flaw !== undefined) return refuse(flaw);
  if (content.signer !== senderOf(body)) return refuse("signer is not the sender named in the body");
  return { ok: true, value: { signed, signature, signer: content.signer, body } };
}

/** The id in the body that has to be the signer's. */
export function senderOf(body: Body): number {
  switch (body.$case) {
    case "command":
    case "commandBatch":
    case "hello":
    case "query":
      return body.value.client;
    case "appendEntries":
      return body.value.leader;
    case "requestVote":
      return body.value.candidate;
    case "requestVoteResponse":
      return body.value.voter;
    default:
      return body.value.node;
  }
}

/** Decodes one message canonically: undefined unless encoding the result gives the same bytes again. */
export function decode<T>(codec: proto.MessageFns<T>, bytes: Uint8Array): T | undefined {
  try {
    const message = codec.decode(bytes);
    return sameBytes(codec.encode(message).finish(), bytes) ? message : undefined;
  } catch {
    return undefined; // the protobuf runtime reports bad input by throwing; here it is a value
  }
}

function flawOf(body: Body, list: List, signedBytes: number): string | undefined {
  switch (body.$case) {
    case "command":
      if (body.value.request < 1) return "request id is not positive";
      return body.value.payload.length > payloadBytesMax ? "payload too large" : undefined;
    case "commandBatch":
    case "relay":
      if (list.count === 0) return "empty batch";
      return list.count > commandsPerMessageMax ? "too many commands" : undefined;
    case "commandResponse":
      return undefined;
    case "query":
      if (body.value.request < 1) return "request id is not positive";
      return body.value.question.length > questionBytesMax ? "question too large" : undefined;
    case "queryResponse":
      return body.value.request < 1 ? "request id is not positive" : undefined;
    case "appendEntries": {
      const { term, leader, prevHash, endHash, proof } = body.value;
      if (term < 1) return "term is not positive";
      if (!isDigest(prevHash) || !isDigest(endHash)) return "digest is not 32 bytes";
      if (list.count > commandsPerMessageMax) return "too many entries";
      if (list.terms.some((one) => one < 1 || one > term)) return "entry's term out of range";
      if (proof === undefined) return undefined;
      // Or whoever once won a term could show that for any other, or somebody else's.
      return proof.term === term && proof.leader === leader ? flawOfProof(proof) : "proof of another election";
    }
    case "syncResponse": {
      const { prevHash, end } = body.value;
      if (!isDigest(prevHash)) return "digest is not 32 bytes";
      if (end === undefined) return "answer without certificate";
      if (list.count > commandsPerMessageMax) return "too many entries";
      if (list.terms.some((one) => one < 1)) return "entry's term out of range";
      return flawOfCertificate(end.value);
    }
    default:
      return signedBytes > controlBytesMax ? "message too large" : flawOfControl(body);
  }
}

function flawOfControl(body: Body): string | undefined {
  switch (body.$case) {
    case "appendEntriesResponse":
    case "commitVote":
      if (body.value.term < 1) return "term is not positive";
      return isDigest(body.value.hash) ? undefined : "digest is not 32 bytes";
    case "nack":
      return isDigest(body.value.lastHash) ? undefined : "digest is not 32 bytes";
    case "timeout":
      return body.value.term < 1 ? "term is not positive" : undefined;
    case "requestVote": {
      const { term, lock, timeout } = body.value;
      if (term < 1) return "term is not positive";
      if (timeout === undefined) return "request without timeout certificate";
      if (timeout.term !== term) return "timeout certificate of another term";
      return (lock && flawOfCertificate(lock)) ?? flawOfEndorsements(timeout.endorsements);
    }
    case "requestVoteResponse": {
      const { term, lock, granted, voterLock } = body.value;
      if (term < 1) return "term is not positive";
      if (lock === undefined || !isDigest(lock.hash)) return "response without lock point";
      if (granted && voterLock !== undefined) return "grant with a lock certificate";
      return voterLock && flawOfCertificate(voterLock);
    }
    case "syncRequest":
      if (body.value.fromIndex < 1) return "index is not positive";
      return body.value.want === undefined || isDigest(body.value.want.hash) ? undefined : "digest is not 32 bytes";
    default:
      return undefined;
  }
}

function flawOfCertificate(certificate: Certificate): string | undefined {
  if (certificate.term < 1 || certificate.index < 1) return "certificate out of range";
  if (!isDigest(certificate.hash)) return "digest is not 32 bytes";
  return flawOfEndorsements(certificate.endorsements);
}

function flawOfProof(proof: ElectionProof): string | undefined {
  if (proof.lock === undefined || !isDigest(proof.lock.hash)) return "proof without lock point";
  return flawOfEndorsements(proof.endorsements);
}

/** Ascending nodes make the form canonical, and a signer that counts twice impossible. */
function flawOfEndorsements(endorsements: TimeoutCertificate["endorsements"]): string | undefined {
  if (endorsements.length > validatorsMax) return "too many endorsements";
  let previous: Endorsement | undefined;
  for (const endorsement of endorsements) {
    if (endorsement.signature.length !== 64) return "signature is not 64 bytes";
    if (previous !== undefined && endorsement.node <= previous.node) return "endorsements not by ascending node";
    previous = endorsement;
  }
  return undefined;
}

function isDigest(bytes: Uint8Array): boolean {
  return bytes.length === 32;
}
