import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import type { Vote, Write } from "../../wire/durable.ts";
import { gather, lastOf, type Row, type Segment } from "../../wire/entries.ts";
import type { Certificate, Digest, LogIndex, NodeId, Term } from "../../wire/types.ts";
import {
  certificate,
  chained,
  cluster,
  command,
  entriesOf,
  folderFor,
  headOf,
  loaded,
  opened,
  plain,
  plainEntries,
} from "./signed-cluster.ts";

/** What a store has to remember, kept in the plainest way. */
class Model {
  /** One segment for each entry, so that a cut is a pop. */
  log: Segment[] = [];
  displaced: Segment[] = [];
  term = 0 as Term;
  vote: Vote | undefined;
  lock: Certificate | undefined;
  commit: Certificate | undefined;

  hashAt(index: number): Digest {
    const entry = this.log[index - 1];
    return entry === undefined ? cluster : headOf(entry);
  }
}

type Change =
  | { readonly kind: "append"; readonly payloads: readonly Uint8Array[]; readonly gap: number }
  | { readonly kind: "cut" | "commit" | "lock"; readonly part: number }
  | { readonly kind: "vote"; readonly candidate: number };
type Step = Change | { readonly kind: "reopen" };

const part = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      payloads: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 12 }),
      gap: fc.nat(3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("cut" as const, "commit" as const, "lock" as const), part }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("vote" as const), candidate: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
);

let requests = 0;

/** Changes the model by one step and says it as a write; undefined where the step does not apply. */
function writeOf(model: Model, step: Change): Write | undefined {
  const committed = model.commit?.index ?? 0;
  switch (step.kind) {
    case "append": {
      const commands = step.payloads.map((payload) => command(++requests % 3, requests, payload));
      const entries = entriesOf(
        commands,
        commands.map(() => Math.max(1, model.term)),
        step.gap,
      );
      const append = chained(model.log.length + 1, model.hashAt(model.log.length), entries);
      model.log.push(...singles(append));
      return { append };
    }
    case "cut": {
      const after = committed + Math.floor(step.part * (model.log.length - committed + 1));
      const cut = model.log.splice(after);
      model.displaced = cut.length === 0 ? [] : [joined(cut)];
      return { truncateAfter: after as LogIndex, displaced: model.displaced };
    }
    case "commit": {
      const index = committed + Math.ceil(step.part * (model.log.length - committed));
      if (index === committed) return undefined;
      model.commit = certificate("commit", Math.max(1, model.term), index, model.hashAt(index));
      return { commit: model.commit };
    }
    case "lock": {
      const index = Math.ceil(step.part * model.log.length);
      const term = Math.max(1, model.term);
      if (index === 0 || (model.lock?.term === term && model.lock.index > index)) return undefined;
      model.lock = certificate("replication", term, index, model.hashAt(index));
      return { lock: model.lock };
    }
    case "vote": {
      model.term = (model.term + 1) as Term;
      const lock = { term: 0 as Term, index: 0 as LogIndex, hash: cluster };
      model.vote = { term: model.term, candidate: step.candidate as NodeId, lock };
      return { term: model.term, vote: model.vote };
    }
  }
}

const rowsOf = (segment: Segment): Row[] =>
  Array.from({ length: segment.entries.count }, (_, row) => ({ entries: segment.entries, row }));
const own = (bytes: number): Uint8Array => new Uint8Array(bytes);

function singles(segment: Segment): Segment[] {
  return rowsOf(segment).map((row, i) => ({
    first: (segment.first + i) as LogIndex,
    entries: gather([row], own),
    hashes: segment.hashes.slice(i * 32, i * 32 + 32),
  }));
}

function joined(segments: readonly Segment[]): Segment {
  const hashes = new Uint8Array(segments.length * 32);
  segments.forEach((segment, i) => {
    hashes.set(segment.hashes, i * 32);
  });
  return { first: segments[0]?.first ?? (0 as LogIndex), entries: gather(segments.flatMap(rowsOf), own), hashes };
}

test("whatever is appended, cut, committed and promised, a store gives back the latest state", (t) => {
  const folder = folderFor(t);
  let runs = 0;
  fc.assert(
    fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 12 }), (groups) => {
      const file = join(folder, `store${runs++}`);
      const model = new Model();
      let store = opened(file, { create: true });
      const check = (): void => {
        const { term, vote, lock, commit, displaced } = model;
        const tail = model.log.slice(commit?.index ?? 0);
        const expected = plain({ term, vote, lock, acknowledged: undefined, commit, tail, displaced });
        t.true(plain(loaded(store)) === expected);
        t.deepEqual(
          [store.lastIndex, store.commitIndex],
          [model.log.length as LogIndex, commit?.index ?? (0 as LogIndex)],
        );
        const last = model.log.at(-1);
        if (last !== undefined)
          t.deepEqual(plainEntries(store.read(1 as LogIndex, lastOf(last))), plainEntries(model.log));
      };
      for (const group of groups) {
        const writes: Write[] = [];
        let reopen = false;
        for (const one of group) {
          if (one.kind === "reopen") reopen = true;
          else writes.push(...[writeOf(model, one)].filter((write) => write !== undefined));
        }
        store.write(writes);
        if (!reopen) continue;
        store.close();
        store = opened(file);
        check();
      }
      check();
      store.close();
    }),
    { numRuns: 40 },
  );
});
