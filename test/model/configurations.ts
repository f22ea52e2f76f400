/** What is explored, and what has to be reached in it. */
import type { Bounds } from "./moves.ts";

export type Configuration = {
  readonly name: string;
  readonly about: string;
  readonly bounds: Bounds;
  /** Distinct worlds in the quick form: those without a liar take less time each. */
  readonly quick: number;
  /** Reached in the quick form, and only in the long one. */
  readonly goals: readonly string[];
  readonly moreGoals: readonly string[];
};

export const configurations: readonly Configuration[] = [
  {
    name: "liar",
    about: "four nodes, one of them lies; two commands, three terms, logs of two entries, one crash",
    bounds: { termMax: 3, indexMax: 2, crashesMax: 1, lies: true, tears: false },
    quick: 12_000,
    goals: [
      "the liar is elected",
      "a commit in term 3",
      "a commit displaces what was acknowledged",
      "a commit is known before its entry",
      "a lock is carried over an election",
      "a candidate is refused for its lock",
      "a refused candidate catches up",
      "a suffix is displaced and kept aside",
    ],
    moreGoals: [
      "a commit in term 1",
      "a commit in term 2",
      "a refused candidate catches up and wins",
      "a displaced suffix is proposed again",
      "two leaders at once, of different terms",
      "a node restarts after its vote",
    ],
  },
  {
    name: "torn",
    about: "four nodes, one of them lies; one crash, which may come in the midst of a node's writes",
    bounds: { termMax: 3, indexMax: 2, crashesMax: 1, lies: true, tears: true },
    quick: 12_000,
    goals: ["a node crashes in the midst of its writes", "evidence of a lie is kept", "the liar is elected"],
    moreGoals: ["a commit in term 1", "a commit in term 2", "a commit in term 3"],
  },
  {
    name: "honest",
    about: "four nodes, one of them away; two commands, three terms, logs of two entries, no crash",
    bounds: { termMax: 3, indexMax: 2, crashesMax: 0, lies: false, tears: false },
    quick: 60_000,
    goals: [
      "an honest leader in term 3",
      "a commit in term 2",
      "a commit in term 3",
      "a lock is carried over an election",
    ],
    moreGoals: ["a commit in term 1"],
  },
  {
    name: "away",
    about: "four nodes, one of them away; two commands, three terms, logs of two entries, two crashes",
    bounds: { termMax: 3, indexMax: 2, crashesMax: 2, lies: false, tears: false },
    quick: 60_000,
    goals: ["a commit in term 1", "a lock is carried over an election", "an honest leader in term 3"],
    moreGoals: ["a commit in term 2", "a commit in term 3"],
  },
];
