/**
 * Verification: packs admitted frames into one batch for the verifier, and unpacks its verdict into mail whose every
 * signature has been checked.
 */

import type { BatchVerdict, SignatureBatch } from "../pools/signature-batch.ts";
import { SignatureBatchBuilder } from "../pools/signature-batch-builder.ts";
import { type Entries, emptyColumns } from "../wire/entries.ts";
import type { Opened } from "../wire/envelope.ts";
import type { ClientId, NodeId } from "../wire/types.ts";
import type { Admitted, AdmittedCommand, CheckItem } from "./admission.ts";
import { detach } from "./detach.ts";
import type { Post } from "./mailbox.ts";

/** Where the parts of one frame are in the batch. */
type Packed = {
  readonly admitted: Admitted;
  readonly connection: number;
  readonly frameStart: number;
  readonly firstCheck: number;
  readonly firstCommandCheck: number;
  readonly firstLeaf: number;
};

export type Task = { readonly batch: SignatureBatch; readonly packed: readonly Packed[] };

/** What a verdict brought: mail to others, and what concerns connections. */
export type Unpacked = {
  readonly posts: Post[];
  readonly hellos: { readonly client: ClientId; readonly node: NodeId; readonly connection: number }[];
  /** Frames and commands that were refused, by reason. */
  readonly rejects: { readonly reason: string; readonly connection: number; readonly count: number }[];
};

/** Why a frame is refused whose sender's signature is wrong. */
export const forged = "invalid signature";

export type Arrival = { readonly admitted: Admitted; readonly connection: number };

export function pack(arrivals: readonly Arrival[], memory: "shared" | "own"): Task {
  const builder = new SignatureBatchBuilder(memory);
  const packed = arrivals.map(({ admitted, connection }): Packed => {
    const frameStart = builder.addSource(admitted.frame);
    const place = { frame: admitted.frame, frameStart };
    const firstCheck = builder.checkCount;
    for (const check of admitted.checks) addCheck(builder, place, check);
    const firstCommandCheck = builder.checkCount;
    const firstLeaf = builder.leafCount;
    admitted.commandChecks.forEach((check, i) => {
      addCheck(builder, place, check);
      const bytes = admitted.commands[i]?.bytes;
      if (bytes === undefined) return;
      const start = offsetIn(place, bytes) ?? 0;
      builder.addLeaf(start, start + bytes.length);
    });
    return { admitted, connection, frameStart, firstCheck, firstCommandCheck, firstLeaf };
  });
  return { batch: builder.build().batch, packed };
}

type Place = { readonly frame: Uint8Array; readonly frameStart: number };

/** Where a view of the frame lies in the batch; undefined where the bytes are not the frame's. */
function offsetIn({ frame, frameStart }: Place, view: Uint8Array): number | undefined {
  return view.buffer === frame.buffer ? frameStart + view.byteOffset - frame.byteOffset : undefined;
}

function addCheck(builder: SignatureBatchBuilder, place: Place, { message, signature, key }: CheckItem): void {
  const messageStart = offsetIn(place, message) ?? builder.addSource(message);
  const signatureStart = offsetIn(place, signature) ?? builder.addSource(signature);
  builder.addCheck(messageStart, messageStart + message.length, signatureStart, key);
}

export function unpack(task: Task, verdict: BatchVerdict): Unpacked {
  const result: Unpacked = { posts: [], hellos: [], rejects: [] };
  const pending: { command: AdmittedCommand; packed: Packed; number: number }[] = [];
  for (const packed of task.packed) {
    const { admitted, connection } = packed;
    const sound = admitted.checks.every((_, i) => verdict.valid[packed.firstCheck + i] === 1);
    if (!sound) {
      result.rejects.push({ reason: forged, connection, count: 1 });
      continue;
    }
    if (admitted.lane === 2) {
      collectCommands(packed, verdict, result, pending);
      const { body } = admitted.opened;
      if (body.$case === "hello") result.hellos.push({ ...body.value, connection });
    } else {
      result.posts.push(...postOf(task, packed, verdict));
    }
  }
  if (pending.length > 0) {
    const entries = columnsOf(task, pending, verdict);
    result.posts.push({ to: "consensus", mail: { kind: "commands", entries } });
  }
  return result;
}

/** In what clients send, one bad command hurts no other. */
function collectCommands(
  packed: Packed,
  verdict: BatchVerdict,
  result: Unpacked,
  pending: { command: AdmittedCommand; packed: Packed; number: number }[],
): void {
  const { admitted, connection } = packed;
  let invalid = 0;
  admitted.commands.forEach((command, number) => {
    if (verdict.valid[packed.firstCommandCheck + number] === 1) pending.push({ command, packed, number });
    else invalid++;
  });
  // A command that came by itself is its own envelope.
  const single = admitted.opened.body.$case === "command";
  const reason = single ? forged : "command with an invalid signature";
  if (invalid > 0) result.rejects.push({ reason, connection, count: invalid });
  if (admitted.malformedCommands > 0) {
    result.rejects.push({ reason: "malformed command", connection, count: admitted.malformedCommands });
  }
}

/** Columns over the batch's memory: no command is copied again. */
function columnsOf(
  task: Task,
  rows: readonly { command: AdmittedCommand; packed: Packed; number: number }[],
  verdict: BatchVerdict,
): Entries {
  const columns = emptyColumns(rows.length);
  rows.forEach(({ command, packed, number }, row) => {
    const shift = packed.frameStart - packed.admitted.frame.byteOffset;
    const start = shift + command.bytes.byteOffset;
    const payloadStart = shift + command.payload.byteOffset;
    columns.starts[row] = start;
    columns.ends[row] = start + command.bytes.length;
    // An empty payload is a view of nothing, wherever the runtime puts it.
    columns.payloadStarts[row] = command.payload.length === 0 ? start : payloadStart;
    columns.payloadEnds[row] = command.payload.length === 0 ? start : payloadStart + command.payload.length;
    columns.clients[row] = command.client;
    columns.requests[row] = command.request;
    columns.terms[row] = command.term;
    const leaf = packed.firstLeaf + number;
    columns.leaves.set(verdict.leaves.subarray(leaf * 32, leaf * 32 + 32), row * 32);
  });
  return { count: rows.length, data: task.batch.data, ...columns };
}

function postOf(task: Task, packed: Packed, verdict: BatchVerdict): readonly Post[] {
  const { opened } = packed.admitted;
  const { $case } = opened.body;
  return $case === "appendEntries" || $case === "syncResponse" ? entriesPost(task, packed, verdict) : votePost(opened);
}

/**
 * The mail that a checked frame of the first lane becomes. What it says are views of the frame, which is small and has
 * its memory to itself.
 */
export function votePost({ body, signature }: Opened): readonly Post[] {
  switch (body.$case) {
    case "appendEntriesResponse":
      return [{ to: "commit-tracker", mail: { kind: "vote", of: "replication", vote: body.value, signature } }];
    case "commitVote":
      return [{ to: "commit-tracker", mail: { kind: "vote", of: "commit", vote: body.value, signature } }];
    case "timeout":
      return [{ to: "consensus", mail: { kind: "timeout", value: body.value, signature } }];
    case "requestVoteResponse":
      return [{ to: "consensus", mail: { kind: "requestVoteResponse", value: body.value, signature } }];
    case "nack":
      return [{ to: "consensus", mail: { kind: "nack", value: body.value } }];
    case "requestVote":
      return [{ to: "consensus", mail: { kind: "requestVote", value: body.value } }];
    case "syncRequest":
      return [{ to: "consensus", mail: { kind: "syncRequest", value: body.value } }];
    default:
      return [];
  }
}

/** In what a node sends, one bad command makes the whole message a fault of its sender. */
function entriesPost(task: Task, packed: Packed, verdict: BatchVerdict): Post[] {
  const { admitted, firstCommandCheck } = packed;
  const { body } = admitted.opened;
  const sound =
    admitted.malformedCommands === 0 && admitted.commands.every((_, i) => verdict.valid[firstCommandCheck + i] === 1);
  const rows = sound ? admitted.commands.map((command, number) => ({ command, packed, number })) : [];
  const entries = columnsOf(task, rows, verdict);
  const frame = task.batch.data.subarray(packed.frameStart, packed.frameStart + admitted.frame.length);
  if (body.$case === "appendEntries") {
    const { entries: _, ...rest } = body.value;
    const { leader, term } = rest;
    if (!sound) return [{ to: "consensus", mail: { kind: "invalidAppend", leader, term, frame } }];
    return [{ to: "consensus", mail: { kind: "appendEntries", header: detach(rest), entries, frame } }];
  }
  if (body.$case !== "syncResponse" || !sound) return [];
  const { entries: _, ...rest } = body.value;
  return [{ to: "consensus", mail: { kind: "syncResponse", header: detach(rest), entries } }];
}
