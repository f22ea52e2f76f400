/**
 * Log: makes things durable, and holds back what depends on it until it is.
 *
 * In    `write`, `serve` from consensus; `write` of evidence from commit tracker; `drained` from its shell
 * Out   `send` to sender: votes once they are durable, committed entries for those who catch up; `replay` to applier and
 *       `replayed` to consensus at the start of the node, by its host
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
  | { readonly kind: "drained" };

/** What this actor needs of a store; ledger/store.ts is the real one. `write` returns once all of it is durable. */
export type Store = {
  readonly write: (writes: readonly Write[]) => void;
  readonly committedChunk: (
    from: LogIndex,
    commandsMax: number,
  ) => { readonly prevHash: Digest; readonly segments: readonly Segment[]; readonly commit: Certificate } | undefined;
};

export type Io = { readonly store: Store };

export type State = {
  readonly config: Config;
  readonly io: Io;
  readonly counters: Counters;
  writes: Write[];
  release: Outgoing[];
  /** Who waits for committed entries, and from where on; a newer question replaces an older one. */
  readonly asked: Map<NodeId, LogIndex>;
};

/** Writes that are kept waiting for company at most; then they are synced though more mail waits. */
const writesPerSyncMax = 64;

export function start(config: Config, io: Io): State {
  return { config, io, counters: {}, writes: [], release: [], asked: new Map() };
}

export function receive(state: State, mail: Mail): readonly Post[] {
  switch (mail.kind) {
    case "write":
      // A write of nothing only waits for those before it.
      if (Object.keys(mail.write).length > 0) state.writes.push(mail.write);
      state.release.push(...mail.release);
      return state.writes.length >= writesPerSyncMax ? sync(state) : [];
    case "serve":
      state.asked.set(mail.to, mail.fromIndex);
      return [];
    case "drained":
      return [...sync(state), ...serveAll(state)];
    default:
      return unreachable(mail);
  }
}

function sync(state: State): Post[] {
  const { writes } = state;
  if (writes.length > 0) {
    state.writes = [];
    state.io.store.write(writes);
    tally(state.counters, "syncs");
    tally(state.counters, "writes", writes.length);
  }
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
