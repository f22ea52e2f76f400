/** I01-I03: two honest nodes never commit different hashes at one index; no node commits an index twice or leaves one out. */
import { digestAt } from "../../../wire/entries.ts";
import { broken, hex, type Invariant, keyOf } from "../world.ts";

export function agreementOnCommit(): Invariant {
  const name = "AgreementOnCommit";
  const hashes = new Map<number, string>();
  const reached = new Map<string, number>();
  return {
    name,
    onStep: (_, node, actor, mail) => {
      if (actor !== "applier" || (mail.kind !== "apply" && mail.kind !== "replay")) return;
      const life = `${node.id}/${node.life}`;
      let last = reached.get(life) ?? 0;
      for (const segment of mail.segments) {
        for (let row = 0; row < segment.entries.count; row++) {
          const index = segment.first + row;
          const digest = digestAt(segment.hashes, row);
          const hash = keyOf(digest);
          const known = hashes.get(index);
          if (known === undefined) hashes.set(index, hash);
          else if (known !== hash)
            broken(name, `index ${index} is ${hex(digest)} at node ${node.id} and not elsewhere`);
          if (index !== last + 1) broken(name, `node ${node.id} commits index ${index} after ${last}`);
          last = index;
        }
      }
      reached.set(life, last);
    },
  };
}
