/** What a node acknowledges in one term lies on one chain, across crashes. */
import { digestAt } from "../../../wire/entries.ts";
import { broken, hex, type Invariant, key } from "../world.ts";

export function oneChainPerTermAck(): Invariant {
  const name = "OneChainPerTermAck";
  /** Parent of each chain hash that was ever written. */
  const parents = new Map<string, string>();
  const acknowledged = new Map<string, Map<number, string>>();

  function ancestor(hash: string, steps: number): string | undefined {
    let at: string | undefined = hash;
    for (let i = 0; i < steps && at !== undefined; i++) at = parents.get(at);
    return at;
  }

  return {
    name,
    onStep: (_, node, actor, mail) => {
      if (actor !== "log" || mail.kind !== "write" || mail.write.append === undefined) return;
      const { first, hashes, entries } = mail.write.append;
      const tail = node.actors?.consensus.core.tail;
      for (let row = 1; row < entries.count; row++) {
        parents.set(hex(digestAt(hashes, row)), hex(digestAt(hashes, row - 1)));
      }
      const before = tail?.segments.findLast((one) => one.first + one.entries.count === first);
      if (before !== undefined) {
        parents.set(hex(digestAt(hashes, 0)), hex(digestAt(before.hashes, before.entries.count - 1)));
      }
    },
    onSign: (_, node, body) => {
      if (body.$case !== "appendEntriesResponse") return;
      const { term, index, hash } = body.value;
      const points = acknowledged.get(key(node.id, term)) ?? new Map<number, string>();
      acknowledged.set(key(node.id, term), points);
      const own = hex(hash);
      for (const [other, otherHash] of points) {
        const [low, lowHash, high, highHash] =
          other <= index ? [other, otherHash, index, own] : [index, own, other, otherHash];
        const through = ancestor(highHash, high - low);
        if (through !== undefined && through !== lowHash) {
          broken(name, `node ${node.id} acknowledges ${high} and ${low} of different chains in term ${term}`);
        }
      }
      points.set(index, own);
    },
  };
}
