/** I16: a leader never takes back an entry of its log while it leads. */
import { hashAt, lastHash, lastIndex } from "../../../consensus/tail.ts";
import type { LogIndex } from "../../../wire/types.ts";
import { broken, type Invariant, keyOf } from "../world.ts";

type End = { readonly term: number; readonly index: LogIndex; readonly hash: string };

export function leaderAppendOnly(): Invariant {
  const name = "LeaderAppendOnly";
  const ends = new Map<number, End>();
  return {
    name,
    onBoot: (_, node) => void ends.delete(node.id),
    onStep: (_, node, actor) => {
      const core = node.actors?.consensus.core;
      if (actor !== "consensus" || core === undefined) return;
      if (core.role.kind !== "leader") {
        ends.delete(node.id);
        return;
      }
      const { tail, term } = core;
      const before = ends.get(node.id);
      const index = lastIndex(tail);
      if (before?.term === term && before.index === index) return;
      if (before?.term === term && before.index >= tail.base) {
        const own = hashAt(tail, before.index);
        if (own === undefined || keyOf(own) !== before.hash) {
          broken(name, `node ${node.id} takes back entry ${before.index} while it leads term ${term}`);
        }
      }
      ends.set(node.id, { term, index, hash: keyOf(lastHash(tail)) });
    },
  };
}
