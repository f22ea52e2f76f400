/**
 * I10, I22, I23: what a node takes for proven was signed by enough honest nodes: whom it follows was elected, the term it is in was
 * asked for, and a lock that gets a vote was acknowledged. Counted by what honest nodes really signed, not by certificates.
 */
import type { NodeId, Point, Term } from "../../../wire/types.ts";
import { broken, type Invariant, keyOf, type World } from "../world.ts";

export function backedByVotes(): Invariant {
  const name = "BackedByVotes";
  const signers = new Map<string, Set<NodeId>>();

  function note(words: string, node: NodeId): void {
    const known = signers.get(words) ?? new Set<NodeId>();
    signers.set(words, known);
    known.add(node);
  }

  /** Of any quorum all but the liars are honest. The quorum is reckoned here anew, in case the program's own is wrong. */
  function isBacked(world: World, words: string): boolean {
    const validators = world.members.validators.size;
    const quorum = Math.ceil((validators + faultyOf(validators) + 1) / 2);
    return (signers.get(words)?.size ?? 0) >= quorum - world.liars.size;
  }

  return {
    name,
    onSign: (world, node, body) => {
      switch (body.$case) {
        case "timeout":
          note(asked(body.value.term), node.id);
          return;
        case "appendEntriesResponse":
          note(acknowledged(body.value), node.id);
          return;
        case "requestVoteResponse": {
          const { granted, term, candidate, lock } = body.value;
          if (!granted) return;
          note(elected(term, candidate), node.id);
          if (lock === undefined || lock.index === 0 || isBacked(world, acknowledged(lock))) return;
          broken(name, `node ${node.id} votes for a lock (${lock.term}, ${lock.index}) that no quorum acknowledged`);
        }
      }
    },
    onStep: (world, node, actor) => {
      const core = node.actors?.consensus.core;
      if (actor !== "consensus" || core === undefined || core.term === 0) return;
      const { role, term } = core;
      if (role.kind === "follower" && role.leader !== undefined && !isBacked(world, elected(term, role.leader))) {
        broken(name, `node ${node.id} follows node ${role.leader}, which nobody elected for term ${term}`);
      }
      if (term > 1 && !isBacked(world, asked(term))) {
        broken(name, `node ${node.id} is in term ${term}, which no quorum asked for`);
      }
    },
  };
}

const faultyOf = (validators: number): number => Math.floor((validators - 1) / 3);
const asked = (term: Term): string => `t ${term}`;
const elected = (term: Term, leader: NodeId): string => `e ${term} ${leader}`;
const acknowledged = ({ term, index, hash }: Point): string => `a ${term} ${index} ${keyOf(hash)}`;
