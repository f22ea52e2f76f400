/** Holds the model against clusters on this machine: what it did not see when it was fitted, narrow and slow networks. */
import { availableParallelism } from "node:os";
import { nodeDefaults } from "../cluster/config.ts";
import { messageSizes } from "./message-sizes.ts";
import { makeNetworkNamespace } from "./network-namespace.ts";
import { type CostModel, type Network, type Prediction, predict } from "./scaling-model.ts";
import type { Row } from "./series.ts";
import type { Session } from "./session.ts";
import { runShapedProcess } from "./shaped-process.ts";
import type { FloodCost, ShapedFigures, ShapedJob } from "./shaped-run.ts";

export type CheckSizes = { readonly syncMs: number; readonly quick: boolean };

/** The loopback takes such packets, at no rate that matters. */
const loopback: Network = { oneWayMs: 0, bitsPerSecond: 1e11, packetBytesMax: 65_536, shared: true };
const delaysMs = [0, 5, 20];
/** A window that a delay fills: batches of 50 commands, 50 ms one way. */
const narrowWindow = { batchCommands: 50, delayMs: 50 };

/** On a narrow network; more would be under way for more than the client's 2 s, and be sent again. */
const openMax = 500;

type Check = { readonly rows: Row[]; readonly notes: string[] };

/** Each check has a row for what was predicted and one for what was measured. */
export async function checkModel(model: CostModel, sizes: CheckSizes, session: Session): Promise<Check> {
  const check: Check = { rows: [], notes: [] };
  const tell = (what: string, unit: string, predicted: number, measured: number): void => {
    const row = { xName: "check", x: what, run: 1, metric: "check", unit };
    check.rows.push({ ...row, series: "predicted", value: predicted }, { ...row, series: "measured", value: measured });
    const error = Math.round((predicted / measured - 1) * 100);
    session.say(`${what}: predicted ${shown(predicted)} ${unit}, measured ${shown(measured)} (${error} %)`);
  };
  const clientUs = await checkFloods(model, sizes, session, tell);
  check.notes.push(...(await checkRates(model, sizes, session, clientUs, tell)));
  await checkDelays(sizes, session, tell);
  await checkWindow(model, sizes, session, clientUs, tell);
  return check;
}

type Tell = (what: string, unit: string, predicted: number, measured: number) => void;

/** Processor time for each command, of sizes inside and outside of those fitted; returns the client's share. */
async function checkFloods(model: CostModel, sizes: CheckSizes, session: Session, tell: Tell): Promise<number> {
  let clientUs = 0;
  for (const nodes of sizes.quick ? [4] : [4, 7, 13]) {
    const { flood } = await run(session, { nodes, flood: sizes.quick ? 3000 : 8000 });
    clientUs ||= flood.clientUs;
    const predicted = predictHere(model, sizes, nodes, flood, flood.clientUs, loopback);
    const batches = `batches of ${Math.round(flood.commands / flood.batches)}`;
    tell(`${nodes} nodes in a flood, ${batches}: leader's processor time`, "µs", predicted.leaderUs, flood.leaderUs);
    tell(`${nodes} nodes in a flood, ${batches}: a follower's`, "µs", predicted.followerUs, flood.followerUs);
    tell(`${nodes} nodes in a flood: rate`, "commands/s", predicted.commandsPerSecond, flood.commandsPerSecond);
  }
  return clientUs;
}

/** One wire for all nodes and the client, as narrow as the kernel makes it. */
async function checkRates(
  model: CostModel,
  sizes: CheckSizes,
  session: Session,
  clientUs: number,
  tell: Tell,
): Promise<string[]> {
  const nodes = 4;
  for (const mbit of sizes.quick ? [20] : [100, 20]) {
    const made = makeNetworkNamespace(mbit);
    if (!made.ok) return [`narrow networks were not tried, since ${made.reason}`];
    using network = made.value;
    const job = { ...jobOf(session, nodes), openMax, flood: sizes.quick ? 3000 : 10_000 };
    const { flood } = await runShapedProcess(job, network, session.signal);
    if (flood?.wireBytes === undefined) throw new Error("nothing was counted");
    const narrow = { ...loopback, bitsPerSecond: mbit * 1e6 };
    const predicted = predictHere(model, sizes, nodes, flood, clientUs, narrow);
    tell(
      `${nodes} nodes, ${mbit} Mbit/s: bytes on the wire for a command`,
      "bytes",
      predicted.allBytes,
      flood.wireBytes,
    );
    tell(`${nodes} nodes, ${mbit} Mbit/s: rate`, "commands/s", predicted.commandsPerSecond, flood.commandsPerSecond);
  }
  return [];
}

/** Three trips between nodes: a relay's own cost is in the first, which the others start from. */
async function checkDelays(sizes: CheckSizes, session: Session, tell: Tell): Promise<void> {
  const nodes = 4;
  let withoutMs = Number.NaN;
  for (const delayMs of delaysMs) {
    const job = { ...jobOf(session, nodes), delayMs, alone: sizes.quick ? 40 : 150 };
    const { aloneP50Ms = Number.NaN } = await runShapedProcess(job, undefined, session.signal);
    if (delayMs === 0) withoutMs = aloneP50Ms;
    else
      tell(`${nodes} nodes, ${delayMs} ms one way: p50 of a command alone`, "ms", withoutMs + 3 * delayMs, aloneP50Ms);
  }
}

/** A long way and small batches: the window is full, and processors wait. */
async function checkWindow(
  model: CostModel,
  sizes: CheckSizes,
  session: Session,
  clientUs: number,
  tell: Tell,
): Promise<void> {
  const nodes = 4;
  const { batchCommands, delayMs } = narrowWindow;
  const { flood } = await run(session, { nodes, delayMs, batchCommands, flood: sizes.quick ? 1000 : 4000 });
  const network = { ...loopback, oneWayMs: delayMs };
  const predicted = predictHere(model, sizes, nodes, flood, clientUs, network);
  const what = `${nodes} nodes, ${delayMs} ms one way, batches of ${batchCommands}: rate`;
  tell(what, "commands/s", predicted.commandsPerSecond, flood.commandsPerSecond);
}

function jobOf({ engine }: Session, nodes: number): Omit<ShapedJob, "ownNetwork"> {
  return { nodes, engine, layout: "spread", waves: [], rounds: 0, flood: 0, alone: 0 };
}

async function run(
  session: Session,
  job: Pick<ShapedJob, "nodes" | "flood" | "delayMs" | "batchCommands">,
): Promise<ShapedFigures & { readonly flood: FloodCost }> {
  const figures = await runShapedProcess({ ...jobOf(session, job.nodes), ...job }, undefined, session.signal);
  if (figures.flood === undefined) throw new Error("no flood was measured");
  return { ...figures, flood: figures.flood };
}

/** For all nodes and the client on this machine, and batches as the leader did cut them. */
function predictHere(
  model: CostModel,
  { syncMs }: CheckSizes,
  nodes: number,
  flood: FloodCost,
  clientUs: number,
  network: Network,
): Prediction {
  return predict(model, {
    nodes,
    machine: { cores: availableParallelism(), nodesHere: nodes, clientUs, syncMs },
    network,
    rules: {
      windowBatches: nodeDefaults(0, "node0").consensus.windowBatches,
      batchCommands: flood.commands / flood.batches,
    },
    sizes: messageSizes(),
  });
}

function shown(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
