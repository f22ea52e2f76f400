/** I05, I06: each entry's chain hash is that of its fields and its predecessor; equal hashes have equal predecessors. */
import { chainer } from "../../../wire/chain.ts";
import { digestAt } from "../../../wire/entries.ts";
import { type LogIndex, sameBytes, type Term } from "../../../wire/types.ts";
import { broken, type Invariant } from "../world.ts";
import type { ChainBook, Link } from "./chain-book.ts";

export function hashChain(book: ChainBook): Invariant {
  const name = "HashChain, LogMatching";
  let chain: ReturnType<typeof chainer> | undefined;
  return {
    name,
    onStep: (world, node, actor) => {
      const core = node.actors?.consensus.core;
      if (actor !== "consensus" || core === undefined) return;
      chain ??= chainer(world.members.hash);
      const chainOn = chain;
      book.note(core, ({ segment, row, prevHash, hash, parent, known }: Link) => {
        const index = (segment.first + row) as LogIndex;
        if (known === parent) return;
        if (known !== undefined) broken(name, `entry ${index} of node ${node.id} has two predecessors`);
        const leaf = digestAt(segment.entries.leaves, row);
        const right = chainOn(prevHash, index, (segment.entries.terms[row] ?? 0) as Term, leaf);
        if (!sameBytes(right, hash)) broken(name, `node ${node.id} holds entry ${index} with a hash that is not its`);
      });
    },
  };
}
