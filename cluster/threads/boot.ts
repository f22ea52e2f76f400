/** What the main thread gives each thread and its actors at their birth, and the calls by which it steers them. */
import type { MessagePort } from "node:worker_threads";
import type { ActorName } from "../../actors/mailbox.ts";
import type { Port } from "../../actors/port.ts";
import type { EdgeStatus } from "../../actors/shell.ts";
import type { EngineName } from "../../pools/engine.ts";
import type { Durable } from "../../wire/durable.ts";
import type { ClientId, Digest, LogIndex, NodeId, RequestId } from "../../wire/types.ts";
import type { TlsOptions } from "../nng/credentials.ts";
import type { Layout } from "./layout.ts";

/** A node's setup, resolved and checked: what its actors are made from. Times in milliseconds. */
export type NodeSetup = {
  readonly name: string;
  readonly self: NodeId;
  readonly cluster: Digest;
  readonly quorum: number;
  readonly validators: ReadonlyMap<NodeId, Uint8Array>;
  readonly clients: ReadonlyMap<ClientId, Uint8Array>;
  /** Canonical bytes. */
  readonly genesis: Uint8Array;
  readonly storeFile: string;
  /** The store may be new: this node's key was never used. */
  readonly createStore: boolean;
  readonly listenPeers: string;
  readonly listenClients: string;
  readonly peers: ReadonlyMap<NodeId, string>;
  readonly tls: TlsOptions | undefined;
  readonly engine: EngineName;
  readonly verifierThreads: number;
  readonly layout: Layout;
  readonly secretSeed: Uint8Array;
  readonly tickMs: number;
  readonly heartbeatMs: number;
  readonly electionTimeoutMs: readonly [number, number];
  readonly candidateDelayMs: number;
  readonly fairnessTimeoutMs: number;
  readonly windowBatches: number;
  readonly batchDelayMs: number;
  readonly batchCommandsMax: number;
  readonly batchBytesMax: number;
  readonly mailboxMax: number;
  readonly commandsWaitingMax: number;
  readonly queueBytesMax: number;
};

export type Note = { readonly level: "info" | "warn"; readonly text: string; readonly facts: object };

/** What one actor is made from, on its thread. */
export type Boot = {
  readonly setup: NodeSetup;
  /** One port for each actor it talks with. */
  readonly ports: ReadonlyMap<ActorName, Port>;
  /** Where notes for people go. */
  readonly notes: MessagePort;
};

/** An actor's ends of the channels to other threads. */
export type Seat = {
  readonly actor: ActorName;
  /** To each actor on another thread that it talks with. */
  readonly ports: ReadonlyMap<ActorName, MessagePort>;
  readonly notes: MessagePort;
  /** The control plane's end. */
  readonly control: MessagePort;
};

/** `workerData` of a thread. */
export type ThreadBoot = {
  readonly name: string;
  readonly setup: NodeSetup;
  readonly seats: readonly Seat[];
  /** Pairs of its actors who talk with each other. */
  readonly localEdges: readonly (readonly [ActorName, ActorName])[];
};

export type ActorStatus = {
  readonly edges: Record<string, EdgeStatus>;
  readonly counters: Record<string, number>;
  readonly facts: object;
};

/** What the main thread may ask of an actor, over Comlink. */
export type Control = {
  status(): Promise<ActorStatus>;
  /** Ends I/O and resolves when nothing is left to do. */
  stop(): Promise<void>;
};

export type LogControl = Control & {
  /** Opens and checks the store; the reason is one clear line. */
  open(): Promise<{ ok: true; value: Durable } | { ok: false; reason: string }>;
  /** Posts committed entries from `from` on to applier and consensus, a bounded number; returns the last index posted. */
  replay(from: LogIndex, to: LogIndex): Promise<LogIndex>;
};

export type ApplierControl = Control & {
  /** Resolves once the entry at `index` is applied. */
  appliedThrough(index: LogIndex): Promise<void>;
  /** What this node's clock has shown last in the log, in milliseconds from 1970; undefined while no contract asks for the time. */
  clockShown(): Promise<number | undefined>;
};

export type ConsensusControl = Control & {
  /** Takes what the store holds; after that the log's replay may come. */
  load(durable: Durable): Promise<void>;
  /** Starts the clock. */
  begin(): Promise<void>;
};

export type ReceiverControl = Control & {
  /** Starts the verifier and opens both listeners; the addresses carry the real ports. */
  listen(
    commitIndex: LogIndex,
  ): Promise<{ ok: true; value: { peers: string; clients: string } } | { ok: false; reason: string }>;
  /** Takes a command of this validator's own, as one of a client; `request` is above all before. */
  command(request: RequestId, payload: Uint8Array): Promise<void>;
};

export type SenderControl = Control & {
  links(): Promise<{ id: number; connected: boolean; queuedBytes: number; dropped: number }[]>;
};

export type TrackerControl = Control & { begin(commitIndex: LogIndex): Promise<void> };

export type Controls = {
  receiver: ReceiverControl;
  consensus: ConsensusControl;
  log: LogControl;
  "commit-tracker": TrackerControl;
  applier: ApplierControl;
  sender: SenderControl;
};
