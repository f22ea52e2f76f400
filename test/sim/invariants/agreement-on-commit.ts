/** Two honest nodes never commit different hashes at one index; no node's commit index goes back. */
import { digestAt } from "../../../wire/entries.ts";
import { broken, hex, type Invariant } from "../world.ts";

export function agreementOnCommit(): Invariant {
  const name = "AgreementOnCommit";
  const hashes = new Map<number, string>();
  const reached = new Map<string, number>();
  return {
    name,
    onStep: (_, node, actor, mail) => {
      if (actor !== "applier" || mail.kind !== "apply") return;
      for (const segment of mail.segments) {
        for (let row = 0; row < segment.entries.count; row++) {
          const index = segment.first + row;
          const hash = hex(digestAt(segment.hashes, row));
          const known = hashes.get(index);
          if (known === undefined) hashes.set(index, hash);
          else if (known !== hash) broken(name, `index ${index} is ${hash} at node ${node.id}, ${known} elsewhere`);
          const life = `${node.id}/${node.life}`;
          if (index <= (reached.get(life) ?? 0)) broken(name, `node ${node.id} commits index ${index} again`);
          reached.set(life, index);
        }
      }
    },
  };
}
