/** The long runs of a soak: a plain list, to which whoever has another one adds it. */

export type Part = {
  readonly name: string;
  /** Of the time, beside the shares of the others. */
  readonly share: number;
  /** Program and arguments for a run of so many minutes; it ends with another code than 0 where it found something. */
  readonly command: (minutes: number, seed: number) => readonly string[];
};

export const parts: readonly Part[] = [
  {
    name: "sim",
    share: 4,
    command: (minutes, seed) => ["node", "test/sim/sim.ts", "--minutes", `${minutes}`, "--seed", `${seed * 1_000_000}`],
  },
  {
    name: "fuzz",
    share: 1,
    command: (minutes, seed) => [
      "node",
      "test/fuzz/fuzz.ts",
      "--minutes",
      `${minutes}`,
      "--inputs",
      "1000000000",
      "--seed",
      `${seed}`,
    ],
  },
  {
    name: "chaos",
    share: 2,
    command: (minutes, seed) => [
      "node",
      "test/chaos/chaos.ts",
      "--minutes",
      `${minutes}`,
      "--scenarios",
      "100000",
      "--seed",
      `${seed}`,
    ],
  },
  {
    name: "liars",
    share: 2,
    command: (minutes, seed) => [
      "node",
      "test/liars/run-rows.ts",
      "--minutes",
      `${minutes}`,
      "--rounds",
      "1000000",
      "--seed",
      `${seed * 1_000_000}`,
    ],
  },
  {
    name: "twins",
    share: 2,
    command: (minutes, seed) => [
      "node",
      "test/liars/twins/run-twins.ts",
      "--minutes",
      `${minutes}`,
      "--scenarios",
      "1000000000",
      "--seed",
      `${seed * 1_000_000}`,
    ],
  },
  {
    name: "crash images",
    share: 1,
    // By the clock of its own test runner; so many that each takes about the time of its share.
    command: (minutes) => [
      "env",
      `JUNO_IMAGES=${Math.max(14, Math.round(minutes * 60))}`,
      "npx",
      "ava",
      "--timeout=10h",
      "test/ledger/faults/crash-images.test.ts",
    ],
  },
  {
    name: "mutants",
    share: 1,
    command: (_, seed) => ["node", "test/mutants/hunt-all.ts", "--schedules", "2000", "--from", `${seed * 100_000}`],
  },
  {
    name: "model",
    share: 2,
    command: (minutes, seed) => [
      "node",
      "test/model/model.ts",
      "--minutes",
      `${minutes / 2}`,
      "--states",
      "20000000",
      "--seed",
      `${seed}`,
    ],
  },
];
