/** One line that says how a node stands: role, term, vote, lock, log. */
import { commitIndexOf, type Role } from "../../../consensus/state.ts";
import type { SimNode } from "../../sim/sim-node.ts";
import type { Words } from "./words.ts";

export function describeNode({ id, actors, disk }: SimNode, words: Words, applied: readonly string[]): string {
  if (actors === undefined) return `n${id} is down`;
  const { core } = actors.consensus;
  const { role, term, vote, lock, tail, displaced, pool, pendingCommit, pendingReplication } = core;
  const parts = [`n${id} ${roleOf(role)}, term ${term}`];
  if (vote !== undefined) parts.push(`vote for n${vote.candidate}`);
  if (lock !== undefined) parts.push(`lock ${words.point(lock)}`);
  parts.push(`commit ${words.chain(commitIndexOf(core), tail.baseHash)}`);
  if (tail.segments.length > 0) parts.push(`then ${words.segments(tail.segments)}`);
  if (displaced.length > 0) parts.push(`aside ${words.segments(displaced)}`);
  if (core.acknowledged > 0) parts.push(`acknowledged #${core.acknowledged}`);
  if (pool.waitingCount > 0) parts.push(`${pool.waitingCount} waiting`);
  if (pendingReplication !== undefined) parts.push(`lacks the chain of RC ${words.point(pendingReplication)}`);
  if (pendingCommit !== undefined) parts.push(`lacks the chain of CC ${words.point(pendingCommit)}`);
  if (applied.length > 0) parts.push(`applied ${applied.join(" ")}`);
  if (disk.evidence.length > 0) parts.push(`evidence ${disk.evidence.length}`);
  return parts.join(", ");
}

function roleOf(role: Role): string {
  if (role.kind !== "follower") return role.kind;
  return role.leader === undefined ? "follower of nobody" : `follower of n${role.leader}`;
}
