import test from "ava";
import fc from "fast-check";
import { createRequestWindow, mark, requestWindowWidth, standingOf } from "../../consensus/request-window.ts";
import type { RequestId } from "../../wire/types.ts";

/** The window as docs/protocol.md has it: every id ever marked, and the highest. */
function model() {
  const marked = new Set<number>();
  let highest = 0;
  return {
    mark: (id: number) => {
      marked.add(id);
      highest = Math.max(highest, id);
    },
    standing: (id: number) => {
      if (id <= highest - requestWindowWidth) return "stale";
      return marked.has(id) ? "repeat" : "fresh";
    },
  };
}

test("each id is fresh, a repeat or stale, whatever came in whatever steps", (t) => {
  // Steps within the window, across its end, by exactly its width, and far beyond.
  const step = fc.oneof(
    fc.integer({ min: -requestWindowWidth - 5, max: 50 }),
    fc.integer({ min: 1, max: requestWindowWidth + 2 }),
    fc.constantFrom(requestWindowWidth - 1, requestWindowWidth, requestWindowWidth + 1, 2 ** 40),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 50 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
      const window = createRequestWindow();
      const expected = model();
      const asked = [start];
      let id = start;
      for (const by of steps) {
        id = Math.max(1, id + by);
        asked.push(id);
        t.is(standingOf(window, id as RequestId), expected.standing(id));
        if (expected.standing(id) !== "fresh") continue;
        mark(window, id as RequestId);
        expected.mark(id);
        for (const other of asked) {
          for (const near of [other, other + 1, other - requestWindowWidth, other + requestWindowWidth]) {
            if (near >= 1) t.is(standingOf(window, near as RequestId), expected.standing(near), `${near}`);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
});
