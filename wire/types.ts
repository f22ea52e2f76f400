/** The vocabulary of the wire: branded scalars, and the messages with those brands in place. */
import type * as proto from "./gen/juno.ts";

declare const brand: unique symbol;
type Brand<T, Name> = T & { readonly [brand]: Name };

/** A validator, as named in the genesis; 0 to 2^32-1. */
export type NodeId = Brand<number, "NodeId">;
/** A client, as named in the genesis; 0 to 2^32-1. Node 1 and client 1 are not the same. */
export type ClientId = Brand<number, "ClientId">;
/** A term of leadership; 0 before the first election. */
export type Term = Brand<number, "Term">;
/** A position in the log, from 1; 0 stands before the first entry. */
export type LogIndex = Brand<number, "LogIndex">;
/** A client's number for one of its requests, from 1. */
export type RequestId = Brand<number, "RequestId">;
/** 32 bytes of SHA-256. */
export type Digest = Brand<Uint8Array, "Digest">;
/** 64 bytes of Ed25519. */
export type Signature = Brand<Uint8Array, "Signature">;

/** Which field name carries which brand; names mean the same in every message. */
type BrandOfField = {
  term: Term;
  index: LogIndex;
  prevIndex: LogIndex;
  lastIndex: LogIndex;
  commitIndex: LogIndex;
  fromIndex: LogIndex;
  node: NodeId;
  leader: NodeId;
  candidate: NodeId;
  voter: NodeId;
  client: ClientId;
  request: RequestId;
  hash: Digest;
  prevHash: Digest;
  endHash: Digest;
  lastHash: Digest;
  signature: Signature;
};

type Branded<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Branded<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: K extends keyof BrandOfField ? BrandOfField[K] : Branded<T[K]> }
      : T;

export type Command = Branded<proto.Command>;
export type CommandBatch = Branded<proto.CommandBatch>;
export type Hello = Branded<proto.Hello>;
export type CommandResponse = Branded<proto.CommandResponse>;
export type Query = Branded<proto.Query>;
export type QueryResponse = Branded<proto.QueryResponse>;
export type Result = Branded<proto.Result>;
export type Relay = Branded<proto.Relay>;
export type Entry = Branded<proto.Entry>;
export type AppendEntries = Branded<proto.AppendEntries>;
export type AppendEntriesResponse = Branded<proto.AppendEntriesResponse>;
export type Nack = Branded<proto.Nack>;
export type CommitVote = Branded<proto.CommitVote>;
export type Timeout = Branded<proto.Timeout>;
export type RequestVote = Branded<proto.RequestVote>;
export type RequestVoteResponse = Branded<proto.RequestVoteResponse>;
export type SyncRequest = Branded<proto.SyncRequest>;
export type SyncResponse = Branded<proto.SyncResponse>;
export type Point = Branded<proto.Point>;
export type Certificate = Branded<proto.Certificate>;
export type TimeoutCertificate = Branded<proto.TimeoutCertificate>;
export type ElectionProof = Branded<proto.ElectionProof>;
export type Endorsement = Branded<proto.Endorsement>;
export type Genesis = proto.Genesis;
export type Member = proto.Member;

/** A message's body, told apart by `$case`. */
export type Body = NonNullable<Branded<proto.Signed>["body"]>;
export type BodyCase = Body["$case"];
export type BodyOf<Case extends BodyCase> = Extract<Body, { $case: Case }>["value"];

/** What came from outside: a value, or the reason why it was refused. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** True where both hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Bytes as a text of one character a byte: what a Map knows them by. For short ones only, such as a digest. */
export function textOfBytes(bytes: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, null, bytes);
}
