/** I20, I21, I24: nothing is signed before what it depends on is durable; locks only rise, across crashes. */
import { sameBytes } from "../../../wire/types.ts";
import { broken, type Invariant } from "../world.ts";

export function durableBeforeSent(): Invariant {
  const name = "DurableBeforeSent, LockMonotone";
  const locks = new Map<number, readonly [number, number]>();
  return {
    name,
    onSign: (_, node, body) => {
      const durable = node.disk.durable();
      switch (body.$case) {
        case "appendEntriesResponse": {
          const { term, index, hash } = body.value;
          // What was written with the change of term may have displaced it: it was there, and its term is over.
          if (durable.term > term) return;
          // So may have a commit of another chain, in the same sync: of what is committed nobody counts acknowledgements any
          // more, and this node gives no other in the term. The commit itself may be written later.
          const committed = Math.max(durable.commit?.index ?? 0, node.actors?.consensus.core.tail.base ?? 0);
          if (committed >= index) return;
          const own = node.disk.hashAt(index);
          if (own === undefined) broken(name, `node ${node.id} acknowledges ${index} without having it`);
          if (!sameBytes(own, hash) && durable.acknowledged?.term === term) {
            broken(name, `node ${node.id} acknowledges ${index} of a chain it does not have`);
          }
          if (durable.term < term) broken(name, `node ${node.id} acknowledges in term ${term} before it is durable`);
          if (durable.acknowledged?.term !== term || durable.acknowledged.index < index) {
            broken(name, `node ${node.id} acknowledges ${index} without having noted that`);
          }
          return;
        }
        case "commitVote": {
          const { lock } = durable;
          const { term, index } = body.value;
          if (lock === undefined || lock.term < term || (lock.term === term && lock.index < index)) {
            broken(name, `node ${node.id} votes to commit (${term}, ${index}) without a durable lock on it`);
          }
          const before = locks.get(node.id) ?? [0, 0];
          if (lock.term < before[0] || (lock.term === before[0] && lock.index < before[1])) {
            broken(name, `the lock of node ${node.id} went back to (${lock.term}, ${lock.index})`);
          }
          locks.set(node.id, [lock.term, lock.index]);
          return;
        }
        case "requestVoteResponse": {
          const { granted, term, candidate } = body.value;
          if (!granted) return;
          const { vote } = durable;
          const voted = durable.term > term || (vote?.term === term && vote.candidate === candidate);
          if (!voted) broken(name, `node ${node.id} votes in term ${term} before it is durable`);
          return;
        }
        default:
          return;
      }
    },
  };
}
