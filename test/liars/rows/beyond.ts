/** More liars than the cluster bears: B52. The one row in which invariants break; what is left is that the liars can be named. */

import { keyOf } from "../../sim/world.ts";
import type { Encounter } from "../behaviour.ts";
import { must } from "../behaviour.ts";
import { perform } from "../perform.ts";
import { leaders } from "./leaders.ts";

const seeds = 6;

export const beyond: readonly Encounter[] = [
  {
    how: "actors",
    id: "B52",
    family: "leaders",
    name: "f+1 liars, one of them leading, show two logs and vote for both",
    mustObserve:
      "the cluster may fork; then the signatures that were seen prove f+1 or more culprits, all of them liars",
    run: async () => {
      const row = leaders.find(({ id }) => id === "B01q");
      if (row === undefined) throw new Error("there is no row B01q");
      let forks = 0;
      let runs = 0;
      for (const nodes of [4, 7]) {
        for (let seed = 1; seed <= seeds; seed++) {
          runs++;
          const said = new Map<string, string>();
          const culprits = new Set<number>();
          let liars: readonly number[] = [];
          const { report } = perform(
            { ...row, liars: (faulty) => faulty + 1, observe: () => undefined },
            {
              nodes,
              seed,
              lie: (stage) => {
                liars = stage.liars;
                return {
                  ...row.lie(stage),
                  overhear: ({ body }) => {
                    if (body.$case !== "appendEntriesResponse" && body.$case !== "commitVote") return;
                    const { node, term, index, hash } = body.value;
                    const place = `${body.$case} ${node} ${term} ${index}`;
                    const before = said.get(place);
                    if (before !== undefined && before !== keyOf(hash)) culprits.add(node);
                    said.set(place, keyOf(hash));
                  },
                };
              },
            },
          );
          if (report.failure === undefined) continue;
          forks++;
          const proven = [...culprits];
          must(proven.length >= liars.length, `after a fork ${proven.length} of ${liars.length} culprits are proven`);
          must(
            proven.every((node) => liars.includes(node)),
            "an honest node looks like a culprit",
          );
        }
      }
      must(forks > 0, "no run has forked, so nothing was tried");
      return runs;
    },
  },
];
