/**
 * Log: makes things durable, and holds back what depends on it until it is.
 *
 * In    `write`, `serve` from consensus; `write` of evidence from commit tracker; `drained` from its shell
 * Out   `send` to sender: votes once they are durable, committed entries for those who catch up
 * Owns  the SQLite file
 * Rule  docs/protocol.md, Rules: written and synced before any message that depends on it leaves
 *
 * All writes that arrived together share one sync: load makes batches larger, and an idle node adds no delay.
 */
import type { Outgoing } from "../consensus/protocol.ts";
import type { Write } from "../wire/durable.ts";
import type { Segment } from "../wire/entries.ts";
import type { Certificate, Digest, LogIndex, NodeId } from "../wire/types.ts";
import { type Counters, type Post, tally, unreachable } from "./mailbox.ts";

export type Config = { readonly chunkCommandsMax: number };

export type Mail =
  | { readonly kind: "write"; readonly write: Write; readonly release: readonly Outgoing[] }
  | { readonly kind: "serve"; readonly to: NodeId; readonly fromIndex: LogIndex }
  /** No more mail waits: now is the time to sync. */
  | { readonly kind: "drained" }
  /** The time that `flushLater` asked for has come. */
  | { readonly kind: "flush" };

/** What this actor needs of a store; ledger/store.ts is the real one. `write` returns once all of it is durable. */
export type Store = {
  readonly write: (writes: readonly Write[]) => void;
  readonly committedChunk: (
    from: LogIndex,
    commandsMax: number,
  ) => { readonly prevHash: Digest; readonly segments: readonly Segment[]; readonly commit: Certificate } | undefined;
};

export type Io = {
  readonly store: Store;
  /** Brings `flush` mail in a while. */
  readonly flushLater: () => void;
};

export type State = {
  readonly config: Config;
  readonly io: Io;
  readonly counters: Counters;
  writes: Write[];
  release: Outgoing[];
  /** True while some write must not wait. */
  urgent: boolean;
  /** Who waits for committed entries, and from where on; a newer question replaces an older one. */
  readonly asked: Map<NodeId, LogIndex>;
};

/** Writes that are kept waiting for company at most; then they are synced though more mail waits. */
const writesPerSyncMax = 64;

export function start(config: Config, io: Io): State {
  return { config, io, counters: {}, writes: [], release: [], urgent: false, asked: new Map() };
}

export function receive(state: State, mail: Mail): readonly Post[] {
  switch (mail.kind) {
    case "write":
      note(state, mail.write);
      state.release.push(...mail.release);
      return state.writes.length >= writesPerSyncMax ? sync(state) : [];
    case "serve":
      state.asked.set(mail.to, mail.fromIndex);
      return [];
    case "drained":
      return [...(state.urgent || state.asked.size > 0 ? sync(state) : released(state)), ...serveAll(state)];
    case "flush":
      return sync(state);
    default:
      return unreachable(mail);
  }
}

/**
 * A commit certificate alone need not be synced: no message of this node rests on it, and others have it too. It goes along
 * with the next write, or a little later, so that each batch costs two syncs, not three.
 */
function note(state: State, write: Write): void {
  const parts = Object.keys(write);
  if (parts.length === 0) return;
  if (parts.some((part) => part !== "commit")) state.urgent = true;
  else if (state.writes.length === 0) state.io.flushLater();
  state.writes.push(write);
}

function sync(state: State): Post[] {
  const { writes } = state;
  state.urgent = false;
  if (writes.length > 0) {
    state.writes = [];
    state.io.store.write(writes);
    tally(state.counters, "syncs");
    tally(state.counters, "writes", writes.length);
  }
  return released(state);
}

function released(state: State): Post[] {
  const { release } = state;
  state.release = [];
  return release.map((message) => ({ to: "sender", mail: { kind: "send", message } }));
}

/** After the sync: votes wait for nobody who catches up. */
function serveAll(state: State): Post[] {
  const asked = [...state.asked];
  state.asked.clear();
  return asked.flatMap(([to, fromIndex]) => serve(state, to, fromIndex));
}

function serve(state: State, to: NodeId, fromIndex: LogIndex): Post[] {
  const chunk = state.io.store.committedChunk(fromIndex, state.config.chunkCommandsMax);
  if (chunk === undefined) return [];
  tally(state.counters, "chunks served");
  const prevIndex = (fromIndex - 1) as LogIndex;
  const { prevHash, segments, commit } = chunk;
  const end = { $case: "commit", value: commit } as const;
  return [
    { to: "sender", mail: { kind: "send", message: { kind: "sync", to: [to], prevIndex, prevHash, segments, end } } },
  ];
}
