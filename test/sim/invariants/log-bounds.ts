/** I04, I07: applied is not above committed, that not above the log's end, and none of them goes back, on the disk for ever. */
import { lastIndex } from "../../../consensus/tail.ts";
import { broken, type Invariant } from "../world.ts";

export function logBounds(): Invariant {
  const name = "CommitMonotone, AppliedMonotone, NoTruncateBelowCommit";
  const commits = new Map<string, number>();
  const applied = new Map<string, number>();
  const durable = new Map<number, number>();
  return {
    name,
    onStep: (_, node, actor, mail) => {
      const { actors, id } = node;
      if (actors === undefined) return;
      const { tail } = actors.consensus.core;
      const life = `${id}/${node.life}`;
      switch (actor) {
        case "consensus": {
          if (tail.base < (commits.get(life) ?? 0))
            broken(name, `the commit index of node ${id} goes back to ${tail.base}`);
          commits.set(life, tail.base);
          if (lastIndex(tail) < tail.base) broken(name, `the log of node ${id} ends below its commit index`);
          return;
        }
        case "applier": {
          const { appliedIndex } = actors.applier;
          if (appliedIndex < (applied.get(life) ?? 0)) broken(name, `the applied index of node ${id} goes back`);
          applied.set(life, appliedIndex);
          if (appliedIndex > tail.base) broken(name, `node ${id} has applied ${appliedIndex}, above its commit index`);
          return;
        }
        case "log": {
          if (mail.kind !== "drained") return;
          const written = node.disk.durable().commit?.index ?? 0;
          if (written < (durable.get(id) ?? 0))
            broken(name, `the commit on the disk of node ${id} goes back to ${written}`);
          durable.set(id, written);
          if (node.disk.lastIndex() < written) broken(name, `the disk of node ${id} holds less than it has committed`);
          return;
        }
        default:
          return;
      }
    },
    onBoot: (_, node) => {
      const written = node.disk.durable().commit?.index ?? 0;
      if (written < (durable.get(node.id) ?? 0)) broken(name, `node ${node.id} restarts below what it had committed`);
    },
  };
}
