/** Runs all nodes of a cluster on this machine: starts them, shows what they print and how they are, and stops them. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type BackOff, backOffDefault } from "./back-off.ts";
import { readNodeConfig } from "./config.ts";
import { launcherView, type Output, type View } from "./launcher-view.ts";
import { poll, type Watched } from "./node-polling.ts";
import type { Environment } from "./settings/layers.ts";
import { type End, type Supervisor, supervise } from "./supervisor.ts";

export type UpOptions = {
  /** Each one's name for people, and its config.toml. */
  readonly nodes: readonly { readonly name: string; readonly config: string }[];
  /** What the nodes get as theirs. */
  readonly env: Environment;
  /** Ends the cluster in order. */
  readonly stop: AbortSignal;
  /** Ends it at once. */
  readonly kill?: AbortSignal;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The file whose `start --config FILE` runs a node; the `juno` command unless said otherwise. */
  readonly entry?: string;
  readonly backOff?: BackOff;
  /** From SIGTERM to SIGKILL. */
  readonly stopMs?: number;
  readonly pollMs?: number;
  /** How often a line tells the state where there is no terminal. */
  readonly summaryMs?: number;
};

export type UpReport = {
  /** 0: all nodes ended in order; 1: one did not; 2: one has a wrong configuration. */
  readonly exitCode: 0 | 1 | 2;
  readonly nodes: readonly { readonly name: string; readonly restarts: number; readonly end: End }[];
};

/** Runs the cluster until it is stopped or every node is down for good. Starts nothing where a configuration is wrong. */
export async function up(options: UpOptions): Promise<UpReport> {
  const folders = options.nodes.map(({ config }) => readNodeConfig(config, options.env, {}));
  const flaws = folders.flatMap((config) => (config.ok ? [] : [config.reason]));
  if (flaws.length > 0) {
    options.stderr.write(`${flaws.join("\n")}\n`);
    return { exitCode: 2, nodes: [] };
  }
  const watched: Watched[] = [];
  const hold = (held: boolean) => {
    for (const { supervisor } of watched) supervisor.hold(held);
  };
  const { env, stdout, stderr, summaryMs = 10_000 } = options;
  const view = launcherView({ names: options.nodes.map(({ name }) => name), env, stdout, stderr, summaryMs, hold });
  // A terminal that was closed, or `head` that has read enough: nobody is left to run the cluster for.
  const closed = new AbortController();
  const onError = () => closed.abort();
  for (const output of [options.stdout, options.stderr]) output.on("error", onError);
  for (const [i, config] of folders.entries()) {
    const { name = "", config: file = "" } = options.nodes[i] ?? {};
    if (config.ok)
      watched.push({
        name,
        dataFolder: config.value.node.data,
        supervisor: superviseNode(options, view, i, file),
        status: undefined,
        before: undefined,
      });
  }
  await run(options, watched, view, AbortSignal.any([options.stop, closed.signal]));
  view.close();
  for (const output of [options.stdout, options.stderr]) output.removeListener("error", onError);
  return report(watched);
}

function superviseNode(options: UpOptions, view: View, index: number, config: string): Supervisor {
  const command = {
    args: [options.entry ?? junoEntry(), "start", "--config", config],
    env: options.env,
    backOff: options.backOff ?? backOffDefault,
    stopMs: options.stopMs ?? 5_000,
  };
  const name = options.nodes[index]?.name ?? "";
  return supervise(command, {
    onLine: (line) => view.log(index, line),
    onCrash: ({ how }, livedMs, waitMs) =>
      view.log(undefined, `${name} crashed (${how}) after ${seconds(livedMs)}; starts again in ${seconds(waitMs)}`),
    onGone: ({ code, how }) => {
      const mend = code === 0 ? "it was stopped by somebody else" : `correct ${config}, then start the cluster again`;
      view.log(undefined, `${name} is down for good (${how}): ${mend}`);
    },
  });
}

/** The `juno` command beside us: compiled where we are compiled. */
function junoEntry(): string {
  return fileURLToPath(new URL(`../client/juno${extname(import.meta.filename)}`, import.meta.url));
}

async function run(options: UpOptions, watched: readonly Watched[], view: View, stop: AbortSignal): Promise<void> {
  const supervisors = watched.map(({ supervisor }) => supervisor);
  const allDown = Promise.all(supervisors.map(({ down }) => down));
  const onStop = () => {
    view.log(undefined, `stopping ${watched.length === 1 ? "the node" : `${watched.length} nodes`}; once more kills`);
    for (const supervisor of supervisors) supervisor.stop();
  };
  const onKill = () => {
    for (const supervisor of supervisors) supervisor.kill();
  };
  onAbort(stop, onStop);
  if (options.kill !== undefined) onAbort(options.kill, onKill);
  const polling = poll(watched, options.pollMs ?? 500, () => view.watch(watched, stop.aborted));
  await allDown;
  await polling.end();
  stop.removeEventListener("abort", onStop);
  options.kill?.removeEventListener("abort", onKill);
}

function onAbort(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener("abort", act, { once: true });
}

async function report(watched: readonly Watched[]): Promise<UpReport> {
  const nodes = await Promise.all(
    watched.map(async ({ name, supervisor }) => ({
      name,
      restarts: supervisor.restarts(),
      end: await supervisor.down,
    })),
  );
  const orderly = ({ end }: { readonly end: End }) => end.code === 0 || end.signal === "SIGTERM";
  const exitCode = nodes.some(({ end }) => end.code === 2) ? 2 : nodes.every(orderly) ? 0 : 1;
  return { exitCode, nodes };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
