/** A cluster of four with real keys: makes signed commands, chained segments and certificates for the ledger's tests. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify as verifyEd25519 } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../ledger/sha256.ts";
import { openStore, type Store, type StoreOptions } from "../../ledger/store.ts";
import { endorsementsOf, type Proof, statementBytes } from "../../wire/certificate.ts";
import { chainer, leafHash } from "../../wire/chain.ts";
import type { Durable } from "../../wire/durable.ts";
import { commandAt, digestAt, type Entries, emptyColumns, payloadAt, type Segment } from "../../wire/entries.ts";
import { encodeEnvelope, encodeSigned, open } from "../../wire/envelope.ts";
import { clusterIdOf } from "../../wire/genesis.ts";
import type {
  Certificate,
  ClientId,
  Digest,
  Genesis,
  LogIndex,
  NodeId,
  RequestId,
  Signature,
  Term,
} from "../../wire/types.ts";

const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");

function keyOf(seed: number): KeyObject {
  const der = Buffer.concat([privatePrefix, Buffer.alloc(32, seed)]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(publicPrefix.length));
}

export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const der = Buffer.concat([publicPrefix, publicKey]);
  return verifyEd25519(null, message, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
}

const validatorKeys = [1, 2, 3, 4].map(keyOf);
const clientKeys = [101, 102, 103].map(keyOf);
const members = (keys: readonly KeyObject[], name: string): Genesis["validators"] =>
  keys.map((key, i) => ({ id: i, name: `${name}${i}`, publicKey: rawPublicKey(key) }));

export const genesis: Genesis = {
  name: "ledger tests",
  validators: members(validatorKeys, "node"),
  clients: members(clientKeys, "client"),
  admins: [],
};
export const cluster: Digest = clusterIdOf(sha256, genesis);
export const node = 2 as NodeId;

/** A signed command; `forged` signs with another client's key. */
export function command(client: number, request: number, payload: Uint8Array, forged = false): Uint8Array {
  const value = { client: client as ClientId, request: request as RequestId, payload };
  const signed = encodeSigned(cluster, client, { $case: "command", value });
  const key = clientKeys[forged ? (client + 1) % clientKeys.length : client];
  if (key === undefined) throw new Error(`no key of client ${client}`);
  return encodeEnvelope(signed, sign(null, signed, key));
}

/** Commands as a run, with `gap` bytes of something else between them, as between the entries of a frame. */
export function entriesOf(commands: readonly Uint8Array[], terms: readonly number[], gap = 0): Entries {
  const columns = emptyColumns(commands.length);
  const data = new Uint8Array(commands.reduce((sum, bytes) => sum + bytes.length + gap, 0)).fill(0xee);
  let at = 0;
  commands.forEach((bytes, row) => {
    at += gap;
    data.set(bytes, at);
    const opened = open(bytes, cluster);
    if (!opened.ok || opened.value.body.$case !== "command") throw new Error("not a command");
    const { client, request, payload } = opened.value.body.value;
    const payloadStart = payload.length === 0 ? at + bytes.length : at + payload.byteOffset - bytes.byteOffset;
    columns.starts[row] = at;
    columns.ends[row] = at + bytes.length;
    columns.payloadStarts[row] = payloadStart;
    columns.payloadEnds[row] = payloadStart + payload.length;
    columns.clients[row] = client;
    columns.requests[row] = request;
    columns.leaves.set(leafHash(sha256, bytes), row * 32);
    columns.terms[row] = terms[row] ?? 0;
    at += bytes.length;
  });
  return { count: commands.length, data, ...columns };
}

const chain = chainer(sha256);

/** Puts a run at its place behind entry `first - 1`, whose chain hash is `prev`. */
export function chained(first: number, prev: Digest, entries: Entries): Segment {
  const hashes = new Uint8Array(entries.count * 32);
  let hash = prev;
  for (let row = 0; row < entries.count; row++) {
    const index = (first + row) as LogIndex;
    hash = chain(hash, index, (entries.terms[row] ?? 0) as Term, digestAt(entries.leaves, row));
    hashes.set(hash, row * 32);
  }
  return { first: first as LogIndex, entries, hashes };
}

let requests = 0;

/** A segment of fresh small commands by all clients in turn, of one term. */
export function segment(first: number, prev: Digest, count: number, term = 1, payloadBytes = 20): Segment {
  const commands = Array.from({ length: count }, () => {
    requests++;
    return command(requests % 3, requests, new Uint8Array(payloadBytes).fill(requests));
  });
  return chained(first, prev, entriesOf(commands, new Array<number>(count).fill(term)));
}

/** The chain hash after a segment. */
export function headOf(of: Segment): Digest {
  return digestAt(of.hashes, of.entries.count - 1);
}

/** A certificate by nodes 0, 1 and 3 unless told otherwise. */
export function certificate(
  kind: "commit" | "replication",
  term: number,
  index: number,
  hash: Digest,
  signers: readonly number[] = [0, 1, 3],
): Certificate {
  const bare = { term: term as Term, index: index as LogIndex, hash: hash.slice() as Digest, endorsements: [] };
  const proof: Proof = { kind, certificate: bare };
  const signatures = signers.map((signer): [NodeId, Signature] => {
    const key = validatorKeys[signer];
    if (key === undefined) throw new Error(`no key of node ${signer}`);
    const bytes = statementBytes(cluster, proof, signer as NodeId);
    return [signer as NodeId, new Uint8Array(sign(null, bytes, key)) as Signature];
  });
  return { ...bare, endorsements: endorsementsOf(new Map(signatures), signers.length) };
}

/** A folder that is gone when the test is over. */
export function folderFor(t: { readonly teardown: (clean: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), "juno-ledger-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function optionsFor(file: string, more: Partial<StoreOptions> = {}): StoreOptions {
  const allocate = (bytes: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(bytes));
  return { file, genesis, node, create: false, verify, allocate, ...more };
}

export function opened(file: string, more: Partial<StoreOptions> = {}): Store {
  const outcome = openStore(optionsFor(file, more));
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

export function loaded(store: Store): Durable {
  const outcome = store.load();
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

/** A log entry by itself, however it is cut into segments. */
export type PlainEntry = {
  readonly index: number;
  readonly term: number;
  readonly command: string;
  readonly payload: string;
  readonly client: number;
  readonly request: number;
  readonly leaf: string;
  readonly hash: string;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export function plainEntries(segments: readonly Segment[]): PlainEntry[] {
  return segments.flatMap(({ first, entries, hashes }) =>
    Array.from({ length: entries.count }, (_, row) => ({
      index: first + row,
      term: entries.terms[row] ?? 0,
      command: hex(commandAt(entries, row)),
      payload: hex(payloadAt(entries, row)),
      client: entries.clients[row] ?? -1,
      request: entries.requests[row] ?? -1,
      leaf: hex(digestAt(entries.leaves, row)),
      hash: hex(digestAt(hashes, row)),
    })),
  );
}

/** Durable state in a form that compares by content. */
export function plain(durable: Durable): string {
  return JSON.stringify(
    { ...durable, tail: plainEntries(durable.tail), displaced: plainEntries(durable.displaced) },
    (_key, value: unknown) => (value instanceof Uint8Array ? hex(value) : value),
  );
}
