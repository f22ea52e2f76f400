/** I08: a node's lock stays proposable: its chain lies in the log, or was displaced and is kept aside, on the disk too. */
import { holdsLockChain } from "../../../consensus/log.ts";
import { lastOf } from "../../../wire/entries.ts";
import { sameBytes } from "../../../wire/types.ts";
import { broken, type Invariant } from "../world.ts";

export function lockChainKept(): Invariant {
  const name = "LockChainKept";
  return {
    name,
    onStep: (_, node, actor, mail) => {
      const core = node.actors?.consensus.core;
      if (core === undefined) return;
      if (actor === "consensus" && !holdsLockChain(core)) {
        broken(name, `node ${node.id} has let go of the chain of its lock (${core.lock?.term}, ${core.lock?.index})`);
      }
      if (actor !== "log" || mail.kind !== "drained") return;
      const { lock, commit, displaced } = node.disk.durable();
      if (lock === undefined || lock.index <= (commit?.index ?? 0)) return;
      const own = node.disk.hashAt(lock.index);
      if (own !== undefined && sameBytes(own, lock.hash)) return;
      const last = displaced.at(-1);
      if (last === undefined || lastOf(last) !== lock.index) {
        broken(name, `the disk of node ${node.id} has no chain for its lock (${lock.term}, ${lock.index})`);
      }
    },
  };
}
