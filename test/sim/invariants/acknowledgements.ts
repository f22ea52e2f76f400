/** I19: what a node acknowledges in one term lies on one chain, across crashes. */
import { broken, type Invariant, key, keyOf } from "../world.ts";
import type { ChainBook } from "./chain-book.ts";

export function oneChainPerTermAck(book: ChainBook): Invariant {
  const name = "OneChainPerTermAck";
  const acknowledged = new Map<string, Map<number, string>>();
  return {
    name,
    onSign: (_, node, body) => {
      if (body.$case !== "appendEntriesResponse") return;
      const { term, index, hash } = body.value;
      const points = acknowledged.get(key(node.id, term)) ?? new Map<number, string>();
      acknowledged.set(key(node.id, term), points);
      const own = keyOf(hash);
      if (points.get(index) === own) return;
      for (const [other, otherHash] of points) {
        const [low, lowHash, high, highHash] =
          other <= index ? [other, otherHash, index, own] : [index, own, other, otherHash];
        const through = book.ancestor(highHash, high - low);
        if (through !== undefined && through !== lowHash) {
          broken(name, `node ${node.id} acknowledges ${high} and ${low} of different chains in term ${term}`);
        }
      }
      points.set(index, own);
    },
  };
}
