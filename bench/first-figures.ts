/**
 * First figures: floods and latency on a cluster of real processes on this machine, with the setup they were measured in.
 * Usage: npm run bench -- [--nodes 4] [--commands 5000] [--runs 5] [--engine sodium] [--json]
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connect, type JunoClient } from "../client/client.ts";
import { readClientConfig } from "../cluster/client-config.ts";
import type { ClusterLayout } from "../cluster/cluster-layout.ts";
import { readClientIdentity } from "../cluster/identity.ts";
import { initCluster } from "../cluster/init.ts";
import { readStatus } from "../cluster/status-shape.ts";
import { launchedMark } from "../cluster/stop-signals.ts";
import { engineNames } from "../pools/engine.ts";

const transfer = "transfer(Acct1->Acct2, 1%1)";

const { values } = parseArgs({
  options: {
    nodes: { type: "string", default: "4" },
    commands: { type: "string", default: "5000" },
    runs: { type: "string", default: "5" },
    engine: { type: "string", default: "sodium" },
    json: { type: "boolean", default: false },
  },
});
const nodes = wholeNumber("nodes", values.nodes, 32);
const commands = wholeNumber("commands", values.commands, 1_000_000);
const runs = wholeNumber("runs", values.runs, 100);
const engine = engineNames.find((name) => name === values.engine);
if (engine === undefined) throw new Error(`--engine must be one of ${engineNames.join(", ")}; is ${values.engine}`);

const dir = mkdtempSync(join(tmpdir(), "juno-bench-"));
const made = await initCluster({ dir, nodes, clients: 1, basePort: 0, engine });
if (!made.ok) throw new Error(made.reason);
const children = startNodes(made.value);
try {
  const client = await connectClient(made.value);
  try {
    await measure(client, made.value);
  } finally {
    await client.close();
  }
} finally {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    }),
  );
  rmSync(dir, { recursive: true, force: true });
}

type Series = { readonly name: string; readonly unit: string; readonly figures: readonly number[] };

async function measure(junoClient: JunoClient, layout: ClusterLayout): Promise<void> {
  for (const command of ["CreateAccount Acct1", "CreateAccount Acct2", "AdjustAccount Acct1 100000000%1"]) {
    await junoClient.send(command);
  }
  talk("warming up");
  await flood(junoClient, commands, true);
  await flood(junoClient, commands, false);
  const rates: Record<"batched" | "single", number[]> = { batched: [], single: [] };
  const costs: Record<"batched" | "single", number[]> = { batched: [], single: [] };
  const aloneCosts: number[] = [];
  const p50s: number[] = [];
  const p99s: number[] = [];
  // Interleaved, so that the machine's moods meet all alike.
  for (let run = 1; run <= runs; run++) {
    talk(`run ${run} of ${runs}`);
    for (const kind of ["batched", "single"] as const) {
      const cpuBefore = await cpuOfNodes(layout);
      const seconds = await flood(junoClient, commands, kind === "batched");
      rates[kind].push(commands / seconds);
      costs[kind].push(((await cpuOfNodes(layout)) - cpuBefore) * (1000 / commands));
    }
    const latencies: number[] = [];
    const idleBefore = await cpuOfNodes(layout);
    for (let i = 0; i < 200; i++) latencies.push((await junoClient.send(transfer)).latencyMs);
    aloneCosts.push(((await cpuOfNodes(layout)) - idleBefore) * (1000 / latencies.length));
    latencies.sort((a, b) => a - b);
    p50s.push(latencies[100] ?? 0);
    p99s.push(latencies[197] ?? 0);
  }
  const series: Series[] = [
    { name: `batch test:${commands}`, unit: "commands/s", figures: rates.batched },
    { name: `many test:${commands}`, unit: "commands/s", figures: rates.single },
    { name: "one command at a time, p50", unit: "ms", figures: p50s },
    { name: "one command at a time, p99", unit: "ms", figures: p99s },
    { name: "CPU of all nodes, batched", unit: "µs/command", figures: costs.batched },
    { name: "CPU of all nodes, single", unit: "µs/command", figures: costs.single },
    { name: "CPU of all nodes, one at a time", unit: "µs/command", figures: aloneCosts },
  ];
  print(series);
}

async function flood(junoClient: JunoClient, count: number, batched: boolean): Promise<number> {
  const start = performance.now();
  await junoClient.flood(
    Array.from({ length: count }, () => transfer),
    { batched },
  );
  return (performance.now() - start) / 1000;
}

/** Processor milliseconds of all nodes since their start. */
async function cpuOfNodes(layout: ClusterLayout): Promise<number> {
  let sum = 0;
  for (const node of layout.nodes) {
    const status = await readStatus(join(node.dir, "data"), 5_000);
    if (!status.ok) throw new Error(status.reason);
    sum += status.value.cpuMs;
  }
  return sum;
}

function startNodes(layout: ClusterLayout): ReturnType<typeof spawn>[] {
  const entry = fileURLToPath(new URL("../client/juno.ts", import.meta.url));
  return layout.nodes.map((node) =>
    spawn(process.execPath, [entry, "start", "--config", node.config], {
      // The open pipe ties the nodes' lives to ours: should this process die, they stop.
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, ...launchedMark },
    }),
  );
}

async function connectClient(layout: ClusterLayout): Promise<JunoClient> {
  const config = readClientConfig(layout.clients[0]?.config ?? "", {}, {});
  if (!config.ok) throw new Error(config.reason);
  const identity = readClientIdentity(config.value);
  if (!identity.ok) throw new Error(identity.reason);
  const { genesis, secretSeed } = identity.value;
  return connect({ genesis, client: config.value.client.id, secretSeed, urls: config.value.nodes });
}

function print(series: readonly Series[]): void {
  const setup = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    engine,
    nodes,
    commands,
    runs,
    commit: commitOf(),
    load: loadavg()[0]?.toFixed(1),
    placed: "all nodes and the client on this machine",
  };
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ setup, series })}\n`);
    return;
  }
  for (const [key, value] of Object.entries(setup)) process.stdout.write(`${key.padEnd(10)} ${value}\n`);
  process.stdout.write(`\n${"".padEnd(33)}${["median", "min", "max"].map((head) => head.padStart(10)).join("")}\n`);
  for (const { name, unit, figures } of series) {
    const sorted = [...figures].sort((a, b) => a - b);
    const shown = [sorted[Math.floor(sorted.length / 2)], sorted[0], sorted.at(-1)];
    const digits = unit === "ms" ? 1 : 0;
    const columns = shown.map((figure) => (figure ?? 0).toFixed(digits).padStart(10)).join("");
    process.stdout.write(`${name.padEnd(33)}${columns}  ${unit}\n`);
  }
}

function commitOf(): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

function talk(text: string): void {
  process.stderr.write(`${text}\n`);
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new Error(`--${name} must be a whole number from 1 to ${max}; is ${text}`);
  }
  return value;
}
