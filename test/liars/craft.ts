/** Hand-made messages: commands of a held client, entries and their chain hashes, certificates out of overheard votes. */

import { endorsementsOf } from "../../wire/certificate.ts";
import { chainer, leafHash } from "../../wire/chain.ts";
import { open } from "../../wire/envelope.ts";
import type {
  AppendEntriesResponse,
  Body,
  Certificate,
  ClientId,
  Digest,
  Entry,
  LogIndex,
  NodeId,
  RequestId,
  RequestVoteResponse,
  Signature,
  Term,
} from "../../wire/types.ts";
import type { Envelope, Lair } from "../sim/adversary.ts";
import { keyOf } from "../sim/world.ts";
import type { Stage } from "./behaviour.ts";

/** A command of a client that the liars hold, signed. */
export function commandOf(lair: Lair, client: ClientId, request: number, payload: string): Uint8Array {
  const value = { client, request: request as RequestId, payload: Buffer.from(payload) };
  return lair.sign(client, { $case: "command", value });
}

export function entryOf(term: number, command: Uint8Array): Entry {
  return { term: term as Term, command };
}

/** The chain hash after these entries. */
export function endHashOf(lair: Lair, prevIndex: number, prevHash: Digest, entries: readonly Entry[]): Digest {
  const { hash } = lair.members;
  const chain = chainer(hash);
  let end = prevHash;
  entries.forEach(({ term, command }, row) => {
    end = chain(end, (prevIndex + row + 1) as LogIndex, term, leafHash(hash, command));
  });
  return end;
}

/** A body signed by a liar, to every other node. */
export function tellAll({ lair }: Stage, from: NodeId, body: Body, to?: readonly NodeId[]): void {
  const frame = lair.sign(from, body);
  for (const node of to ?? lair.members.validators.keys()) if (node !== from) lair.send(from, node, frame);
}

/** The signature of a frame that is well formed. */
export function signatureOf(lair: Lair, frame: Uint8Array): Signature | undefined {
  const opened = open(frame, lair.members.cluster);
  return opened.ok ? opened.value.signature : undefined;
}

export type PointVotes = {
  readonly of: "appendEntriesResponse" | "commitVote";
  readonly vote: AppendEntriesResponse;
  readonly signatures: Map<NodeId, Signature>;
};

export type VoteBook = {
  /** Takes in a frame on its way; the votes on its point, if it is a vote. */
  readonly note: (envelope: Envelope) => PointVotes | undefined;
  readonly points: ReadonlyMap<string, PointVotes>;
};

/** Collects the votes that are on their way between any nodes. */
export function createVoteBook(lair: Lair): VoteBook {
  const points = new Map<string, PointVotes>();
  return {
    points,
    note: ({ body, frame }) => {
      if (body.$case !== "appendEntriesResponse" && body.$case !== "commitVote") return undefined;
      const { term, index, hash, node } = body.value;
      const signature = signatureOf(lair, frame);
      if (signature === undefined) return undefined;
      const place = `${body.$case} ${term} ${index} ${keyOf(hash)}`;
      const known = points.get(place) ?? { of: body.$case, vote: body.value, signatures: new Map() };
      points.set(place, known);
      known.signatures.set(node, signature);
      return known;
    },
  };
}

/** What a certificate of these votes would be, whether or not there are enough. */
export function certificateOf({ vote, signatures }: PointVotes, quorum: number): Certificate {
  const { term, index, hash } = vote;
  return { term, index, hash, endorsements: endorsementsOf(signatures, quorum) };
}

/** A grant of this voter's. */
export function grantOf(voter: NodeId, candidate: NodeId, term: Term, lock: RequestVoteResponse["lock"]): Body {
  const value = { term, voter, candidate, lock, granted: true, voterLock: undefined };
  return { $case: "requestVoteResponse", value };
}

/** 32 bytes that hash nothing. */
export function madeUpHash(lair: Lair, salt: number): Digest {
  return lair.members.hash(Buffer.from(`made up ${salt}`)) as Digest;
}
