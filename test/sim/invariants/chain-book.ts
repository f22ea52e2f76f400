/** Which chain hash follows on which, over everything that any honest node ever had in its log. */
import type { State as Core } from "../../../consensus/state.ts";
import { digestAt, type Segment } from "../../../wire/entries.ts";
import { keyOf } from "../world.ts";

export type ChainBook = {
  /** Takes in what a node's log has that no log had before; `visit` is told each entry that is new to the book. */
  readonly note: (core: Core, visit: (link: Link) => void) => void;
  /** The chain hash so many entries before another; undefined where that is not known. */
  readonly ancestor: (hash: string, steps: number) => string | undefined;
};

/** One entry; `known` is the hash that it followed on when it was seen before. */
export type Link = {
  readonly segment: Segment;
  readonly row: number;
  readonly prevHash: Uint8Array;
  readonly hash: Uint8Array;
  readonly parent: string;
  readonly known: string | undefined;
};

export function createChainBook(): ChainBook {
  const parents = new Map<string, string>();
  const seen = new WeakSet<Segment>();
  return {
    note: ({ tail }, visit) => {
      const { segments } = tail;
      for (let at = segments.length - 1; at >= 0; at--) {
        const segment = segments[at];
        if (segment === undefined || seen.has(segment)) return;
        seen.add(segment);
        const before = segments[at - 1];
        let prevHash: Uint8Array =
          before === undefined ? tail.baseHash : digestAt(before.hashes, before.entries.count - 1);
        let parent = keyOf(prevHash);
        for (let row = 0; row < segment.entries.count; row++) {
          const hash = digestAt(segment.hashes, row);
          const child = keyOf(hash);
          visit({ segment, row, prevHash, hash, parent, known: parents.get(child) });
          parents.set(child, parent);
          prevHash = hash;
          parent = child;
        }
      }
    },
    ancestor: (hash, steps) => {
      let at: string | undefined = hash;
      for (let i = 0; i < steps && at !== undefined; i++) at = parents.get(at);
      return at;
    },
  };
}
