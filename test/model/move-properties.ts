/** What must hold of each single move: what a node says rests on its disk, and nothing that only grows ever shrinks. */
import type { Outgoing } from "../../consensus/protocol.ts";
import { comparePoints } from "../../consensus/state.ts";
import type { Durable } from "../../wire/durable.ts";
import { digestAt, lastOf } from "../../wire/entries.ts";
import { type Point, sameBytes } from "../../wire/types.ts";

/** How a message says more than the disk holds when it leaves; undefined where it does not. */
export function flawOfMessage(message: Outgoing, durable: Durable): string | undefined {
  if (message.kind !== "body") return undefined;
  const { body } = message;
  const flaw = (what: string): string => `DurableBeforeSent: ${body.$case} in term ${durable.term}: ${what}`;
  switch (body.$case) {
    case "appendEntriesResponse":
      if (body.value.term !== durable.term) return flaw("another term is on the disk");
      return isOnDisk(durable, body.value) ? undefined : flaw("the entry is not on the disk");
    case "commitVote":
      if (body.value.term !== durable.term) return flaw("another term is on the disk");
      return isLocked(durable, body.value) ? undefined : flaw("the lock is not on the disk");
    case "requestVote":
      return isVote(durable, body.value) ? undefined : flaw("its own vote is not on the disk");
    case "requestVoteResponse": {
      const { granted, voterLock } = body.value;
      if (granted) return isVote(durable, body.value) ? undefined : flaw("the vote is not on the disk");
      return voterLock === undefined || isLocked(durable, voterLock) ? undefined : flaw("the lock is not on the disk");
    }
    default:
      return undefined;
  }
}

function isOnDisk({ tail, commit }: Durable, { index, hash }: Point): boolean {
  if (commit !== undefined && commit.index === index) return sameBytes(commit.hash, hash);
  const segment = tail.find((one) => one.first <= index && index <= lastOf(one));
  return segment !== undefined && sameBytes(digestAt(segment.hashes, index - segment.first), hash);
}

function isLocked({ lock }: Durable, point: Point): boolean {
  if (lock === undefined) return false;
  const order = comparePoints(lock, point);
  return order > 0 || (order === 0 && sameBytes(lock.hash, point.hash));
}

function isVote({ vote }: Durable, said: { readonly term: number; readonly candidate: number }): boolean {
  return vote?.term === said.term && vote.candidate === said.candidate;
}

/** How a disk went back behind what it was; undefined where it did not. */
export function flawOfDisk(before: Durable, after: Durable): string | undefined {
  if (after.term < before.term) return `TermMonotonic: from ${before.term} to ${after.term}`;
  const start: Point = {
    term: 0 as Point["term"],
    index: 0 as Point["index"],
    hash: new Uint8Array(0) as Point["hash"],
  };
  const [was, is] = [before.lock ?? start, after.lock ?? start];
  if (comparePoints(is, was) < 0) return `LockMonotonic: from (${was.term}, ${was.index}) to (${is.term}, ${is.index})`;
  const [had, has] = [before.commit?.index ?? 0, after.commit?.index ?? 0];
  return has < had ? `CommitMonotonic: from ${had} to ${has}` : undefined;
}
