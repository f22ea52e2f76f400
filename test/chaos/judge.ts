/**
 * What has to hold of a cluster and of what its clients saw, when all is over: one ledger everywhere, sound by itself,
 * in which everything that was acknowledged stands, and a history that is linearizable.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JunoClient } from "../../client/client.ts";
import { readGenesisFile } from "../../cluster/genesis-file.ts";
import { encodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { junoEntry } from "../e2e/cluster-processes.ts";
import { apply, createLedger } from "../hopper/demo/model-ledger.ts";
import type { ChaosCluster } from "./chaos-cluster.ts";
import { accountsModel } from "./linearizability/accounts-model.ts";
import { checkLinearizable } from "./linearizability/check-linearizable.ts";
import { type Effect, flawOfOrder, replay, withoutWitness } from "./linearizability/check-witness.ts";
import type { Load, Recorded } from "./load.ts";
import { type Entry, effective, readLedger } from "./read-ledger.ts";

const searchMsMax = 60_000;

export type Judgement = {
  readonly flaws: readonly string[];
  readonly entries: number;
  /** Of those, that took no effect: their request had taken effect before. */
  readonly repeats: number;
  readonly searchSteps: number;
  readonly slowestEndMs: number;
};

/** Ends all nodes in order and looks at what they leave. All have to run, to be healed, and to agree. */
export async function judge(chaos: ChaosCluster, history: readonly Recorded[]): Promise<Judgement> {
  const flaws: string[] = [];
  const { layout } = chaos.cluster;
  let slowestEndMs = 0;
  const ends = await Promise.allSettled(layout.nodes.map(({ id }) => chaos.terminate(id)));
  for (const [node, end] of ends.entries()) {
    if (end.status === "rejected") flaws.push(String(end.reason));
    else if (end.value.code !== 0) flaws.push(`node ${node} ended with ${end.value.code} when it was asked to end`);
    if (end.status === "fulfilled") slowestEndMs = Math.max(slowestEndMs, end.value.tookMs);
  }
  flaws.push(...chaos.deaths());
  if (flaws.length > 0) return { flaws, entries: 0, repeats: 0, searchSteps: 0, slowestEndMs };

  const stores = layout.nodes.map(({ dir }) => join(dir, "data", "ledger.sqlite"));
  for (const [node, store] of stores.entries()) {
    const flaw = await flawByAudit(store, layout.genesis);
    if (flaw !== undefined) flaws.push(`audit of node ${node}: ${flaw}`);
  }
  if (flaws.length > 0) return { flaws, entries: 0, repeats: 0, searchSteps: 0, slowestEndMs };

  const founding = readGenesisFile(layout.genesis);
  if (!founding.ok) throw new Error(founding.reason);
  const [first, ...others] = stores.map((store) => readLedger(store, founding.value.clusterId));
  if (first === undefined) throw new Error("a cluster without nodes");
  for (const [i, other] of others.entries()) {
    const flaw = differenceOf(first, other);
    if (flaw !== undefined) flaws.push(`ledgers of node 0 and node ${i + 1}: ${flaw}`);
  }
  flaws.push(...flawsOfAnswers(first, history));
  const seen = flawsOfHistory(history);
  flaws.push(...seen.flaws);
  const repeats = first.length - effective(first).length;
  return { flaws, entries: first.length, repeats, searchSteps: seen.searchSteps, slowestEndMs };
}

/** What clients saw, without any ledger: by the indices told, and by a search that does not know them. */
export function flawsOfHistory(history: readonly Recorded[]): Pick<Judgement, "flaws" | "searchSteps"> {
  const flaws: string[] = [];
  const order = flawOfOrder(history);
  if (order !== undefined) flaws.push(`the order of the ledger against real time: ${order}`);
  const verdict = checkLinearizable(accountsModel, withoutWitness(history), searchMsMax);
  if (verdict.result === "unknown") flaws.push(`no order found in ${searchMsMax} ms: ${verdict.steps} steps`);
  if (verdict.result === "not linearizable")
    flaws.push(`the history is not linearizable: nothing explains ${JSON.stringify(verdict.stuck)}`);
  return { flaws, searchSteps: verdict.result === "linearizable" ? verdict.steps : 0 };
}

/** Of a run that broke off: why, and what clients had seen until then; what was under way has an unknown outcome. */
export async function judgeBroken(
  error: unknown,
  deaths: readonly string[],
  load: Load | undefined,
  clients: readonly JunoClient[],
): Promise<Judgement> {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const ending = load?.end();
  await Promise.all(clients.map((client) => client.close()));
  const { flaws, searchSteps } = flawsOfHistory((await ending) ?? []);
  return { flaws: [reason, ...deaths, ...flaws], entries: 0, repeats: 0, searchSteps, slowestEndMs: 0 };
}

export function withFlaws(judgement: Judgement, more: readonly string[]): Judgement {
  return more.length === 0 ? judgement : { ...judgement, flaws: [...judgement.flaws, ...more] };
}

async function flawByAudit(store: string, genesis: string): Promise<string | undefined> {
  try {
    await promisify(execFile)(process.execPath, [junoEntry, "audit", store, "--genesis", genesis]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function differenceOf(a: readonly Entry[], b: readonly Entry[]): string | undefined {
  if (a.length !== b.length) return `${a.length} and ${b.length} entries`;
  const at = a.findIndex((one, i) => {
    const other = b[i];
    return (
      other === undefined ||
      one.client !== other.client ||
      one.request !== other.request ||
      Buffer.compare(one.payload, other.payload) !== 0
    );
  });
  return at < 0 ? undefined : `they differ at index ${a[at]?.index}`;
}

/**
 * Every answer against the ledger: it stands at the index that was told, took effect there once, and the bytes told are
 * what the state machine makes of the commands before it; and a second specification of the accounts says the same.
 */
export function flawsOfAnswers(entries: readonly Entry[], history: readonly Recorded[]): string[] {
  const flaws: string[] = [];
  const asked = new Map(history.map((one) => [`${one.client} ${one.request}`, one]));
  const effects: Effect<Recorded["input"], NonNullable<Recorded["output"]>>[] = [];
  const ledger = createLedger();
  const found = new Set<Recorded>();
  for (const { index, client, request, payload } of effective(entries)) {
    const outcome = Buffer.from(encodeOutcome(apply(ledger, payload))).toString("hex");
    const one = asked.get(`${client} ${request}`);
    if (one === undefined) {
      flaws.push(`index ${index} holds request ${request} of client ${client}, which nobody sent`);
      continue;
    }
    found.add(one);
    effects.push({ index, input: one.input, output: one.output });
    if (one.index !== undefined && one.index !== index)
      flaws.push(`request ${request} of client ${client} stands at index ${index}, told was ${one.index}`);
    if (one.outcome !== undefined && one.outcome !== outcome)
      flaws.push(`index ${index}: the answer told is not that of the state machine`);
  }
  for (const one of history)
    if (one.output !== undefined && !found.has(one))
      flaws.push(`request ${one.request} of client ${one.client}, acknowledged at index ${one.index}, is lost`);

  const replayed = replay(accountsModel, effects);
  if (!replayed.ok) return [...flaws, replayed.reason];
  const model = JSON.stringify([...replayed.state].sort());
  const real = JSON.stringify(
    [...ledger.accounts.byName].map(([name, { balance }]) => [name, Number(balance.n)]).sort(),
  );
  if (model !== real) flaws.push(`the accounts hold ${real}, the specification says ${model}`);
  const held = [...replayed.state.values()].reduce((sum, one) => sum + one, 0);
  let added = 0;
  let state = accountsModel.initial;
  for (const { input } of effects) {
    const after = accountsModel.step(state, input, undefined) ?? state;
    if (input.kind === "adjust") added += (after.get(input.account) ?? 0) - (state.get(input.account) ?? 0);
    state = after;
  }
  if (held !== added) flaws.push(`the accounts hold ${held} in all, ${added} was put in`);
  return flaws.slice(0, 20);
}
