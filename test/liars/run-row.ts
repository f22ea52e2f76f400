/** Runs one row under its seeds and says what came of it. */
import { type Engine, loadEngine } from "../../pools/engine.ts";
import type { Behaviour, Row } from "./behaviour.ts";
import { perform } from "./perform.ts";

export type Result = {
  readonly schedules: number;
  /** What was done, and how often. */
  readonly told: ReadonlyMap<string, number>;
  /** Undefined where all was observed as it must be; else what was not, with how to run it again. */
  readonly failure: string | undefined;
};

/** Seeds of the quick form: calm and rough weather, and of the largest clusters one of them. */
const seedsInTests = 2;
const largeNodes = 10;

let engine: Promise<Engine> | undefined;

/** Clusters of `onceFrom` nodes and more get one seed only. */
export async function runRow(
  row: Row,
  from: number,
  seeds: number,
  onceFrom: number = Number.POSITIVE_INFINITY,
): Promise<Result> {
  const told = new Map<string, number>();
  if (row.how === "waits") return { schedules: 0, told, failure: undefined };
  if (row.how !== "simulator") {
    try {
      return { schedules: await row.run({}), told, failure: undefined };
    } catch (error) {
      return { schedules: 0, told, failure: `${row.id}: ${error instanceof Error ? error.message : error}` };
    }
  }
  engine ??= loadEngine("sodium");
  const keys = await engine;
  let schedules = 0;
  for (const nodes of row.nodes) {
    const end = nodes < onceFrom ? from + seeds : from + 1;
    for (let seed = from; seed < end; seed++) {
      schedules++;
      const { report, told: now } = perform(row, { nodes, seed, engine: keys });
      for (const [what, count] of now) told.set(what, (told.get(what) ?? 0) + count);
      if (report.failure !== undefined) {
        const again = `npm run liars -- --row ${row.id} --nodes ${nodes} --seed ${seed} --trace`;
        return { schedules, told, failure: `${row.id}: ${report.failure.message}\nreplay: ${again}` };
      }
    }
  }
  const missing = row.somewhere?.find((what) => !told.has(what));
  const failure = missing === undefined ? undefined : `${row.id}: "${missing}" was done in no run`;
  return { schedules, told, failure };
}

/** Runs a row as `npm test` does. */
export function runInTests(row: Row): Promise<Result> {
  return runRow(row, 1, seedsInTests, largeNodes);
}

/** Schedules of that. */
export function schedulesOf({ nodes }: Behaviour): number {
  return nodes.reduce((sum, size) => sum + (size < largeNodes ? seedsInTests : 1), 0);
}
