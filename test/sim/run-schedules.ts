/** Runs many schedules for a test, and says of a failing one how to replay it. */
import { loadEngine } from "../../pools/engine.ts";
import { realCrypto } from "./crypto.ts";
import { type Report, simulate } from "./simulation.ts";

/** Every so many seeds one runs on real Ed25519 signatures. */
const realCryptoEvery = 25;

export async function runSchedules(from: number, count: number): Promise<Report[]> {
  const real = realCrypto(await loadEngine("sodium"));
  const reports: Report[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const report = simulate(seed % realCryptoEvery === 0 ? { seed, crypto: real } : { seed });
    if (report.failure !== undefined) {
      throw new Error(`${report.failure.message}\nreplay: npm run sim -- --seed ${seed} --trace`);
    }
    reports.push(report);
  }
  return reports;
}

export function sum(reports: readonly Report[], pick: (report: Report) => number): number {
  return reports.reduce((total, report) => total + pick(report), 0);
}
