/** Runs all nodes of a cluster on this machine: starts them, shows what they print and how they are, and stops them. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type BackOff, backOffDefault } from "./back-off.ts";
import { childLog } from "./child-log.ts";
import { readNodeConfig } from "./config.ts";
import type { NodeStatus } from "./control.ts";
import { type LiveScreen, liveScreen, type Terminal } from "./live-screen.ts";
import type { Environment } from "./settings/layers.ts";
import { readStatus } from "./status-shape.ts";
import { renderStatusTable, type StatusRow, throughput } from "./status-table.ts";
import { type End, type Supervisor, supervise } from "./supervisor.ts";

/** `process.stdout`, or what looks like it. */
export type Output = Terminal & Pick<NodeJS.WriteStream, "on" | "removeListener"> & { readonly isTTY?: boolean };

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

type Watched = {
  readonly name: string;
  readonly dataFolder: string;
  readonly supervisor: Supervisor;
  status: NodeStatus | undefined;
  before: NodeStatus | undefined;
};

type View = {
  readonly log: (node: number | undefined, line: string) => void;
  readonly watch: (nodes: readonly Watched[], ending: boolean) => void;
  readonly close: () => void;
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
  const view = options.stdout.isTTY === true ? terminalView(options) : plainView(options, hold);
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

/** Asks every running node now and then; a round begins when the one before it is over. */
function poll(
  watched: readonly Watched[],
  everyMs: number,
  onRound: () => void,
): { readonly end: () => Promise<void> } {
  let ended = false;
  let wake: () => void = () => undefined;
  const rounds = (async () => {
    while (!ended) {
      const pause = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      await Promise.all([pause, ...watched.map((node) => ask(node, everyMs))]);
      onRound();
    }
  })();
  return {
    end: () => {
      ended = true;
      wake();
      return rounds;
    },
  };
}

async function ask(node: Watched, timeoutMs: number): Promise<void> {
  const { supervisor, dataFolder } = node;
  const answer = supervisor.state().kind === "running" ? await readStatus(dataFolder, timeoutMs) : undefined;
  // Rates are counted over one round, and a late answer does not stand for now.
  node.before = node.status;
  node.status = answer?.ok === true ? answer.value : undefined;
}

function terminalView({ nodes, env, stdout }: UpOptions): View {
  const colour = env.NO_COLOR === undefined || env.NO_COLOR === "";
  const lines = childLog(
    nodes.map(({ name }) => name),
    { pretty: true, colour },
  );
  const screen: LiveScreen = liveScreen(stdout);
  return {
    log: (node, line) => screen.log(lines.show(node, line).text),
    watch: (watched, ending) => {
      const width = (stdout.columns ?? 80) - 1;
      const table = renderStatusTable(watched.map(rowOf), { colour, width });
      const hint = ending ? "Stopping; Ctrl-C again kills." : "Ctrl-C stops all nodes.";
      screen.table(["", ...table.split("\n"), hint]);
    },
    close: screen.close,
  };
}

function rowOf({ name, status, before, supervisor }: Watched): StatusRow {
  const notes = { running: "no answer", waiting: "crashed", down: "down" } as const;
  return { name, status, before, restarts: supervisor.restarts(), note: notes[supervisor.state().kind] };
}

/** Nodes' JSON lines to stdout as they are, everything else to stderr; a slow reader of ours holds the nodes up. */
function plainView(options: UpOptions, hold: (held: boolean) => void): View {
  const { nodes, stdout, stderr } = options;
  const lines = childLog(
    nodes.map(({ name }) => name),
    { pretty: false, colour: false },
  );
  const summaryMs = options.summaryMs ?? 10_000;
  const onDrain = () => hold(false);
  stdout.on("drain", onDrain);
  let told = { roster: "", numbers: "", at: 0 };
  const log = (node: number | undefined, line: string) => {
    const { kind, text } = lines.show(node, line);
    if (kind === "talk") stderr.write(text);
    else if (!stdout.write(text)) hold(true);
  };
  return {
    log,
    watch: (watched, ending) => {
      const now = { ...summary(watched), at: performance.now() };
      const due = now.at - told.at >= summaryMs && now.numbers !== told.numbers;
      if (ending || (now.roster === told.roster && !due)) return;
      told = now;
      log(undefined, `${now.roster}${now.numbers}`);
    },
    close: () => stdout.removeListener("drain", onDrain),
  };
}

/** Who is there, which is worth a line at once, and the numbers, which always change. */
function summary(watched: readonly Watched[]): { readonly roster: string; readonly numbers: string } {
  const up = watched.flatMap(({ status }) => (status === undefined ? [] : [status]));
  const leaders = up.filter(({ role }) => role === "leader");
  // A deposed leader may not know yet: the newest term counts.
  const leader = leaders.reduce<NodeStatus | undefined>(
    (best, it) => (best === undefined || it.term > best.term ? it : best),
    undefined,
  );
  const led = leader === undefined ? "no leader" : `leader ${leader.name}, term ${leader.term}`;
  const commit = Math.max(0, ...up.map(({ commitIndex }) => commitIndex));
  const rate = Math.max(
    0,
    ...watched.map(({ before, status }) => (status === undefined ? 0 : (throughput(before, status) ?? 0))),
  );
  return {
    roster: `${up.length} of ${watched.length} nodes answer, ${led}`,
    numbers: `, commit index ${commit}, ${rate.toFixed(0)} commands/s`,
  };
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
