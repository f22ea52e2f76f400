/** What the launcher shows: a live table below the logs on a terminal, plain lines elsewhere. */
import { childLog } from "./child-log.ts";
import type { NodeStatus } from "./control.ts";
import { type LiveScreen, liveScreen, type Terminal } from "./live-screen.ts";
import type { Watched } from "./node-polling.ts";
import type { Environment } from "./settings/layers.ts";
import { renderStatusTable, type StatusRow, throughput } from "./status-table.ts";

/** `process.stdout`, or what looks like it. */
export type Output = Terminal & Pick<NodeJS.WriteStream, "on" | "removeListener"> & { readonly isTTY?: boolean };

export type ViewOptions = {
  /** The nodes' names, in their order. */
  readonly names: readonly string[];
  /** NO_COLOR is honoured. */
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly summaryMs: number;
  /** Asks the nodes to print nothing for now, or to go on. */
  readonly hold: (held: boolean) => void;
};

export type View = {
  /** A line of the node at an index, or of the launcher itself. */
  readonly log: (node: number | undefined, line: string) => void;
  /** After each round of asking. */
  readonly watch: (nodes: readonly Watched[], ending: boolean) => void;
  readonly close: () => void;
};

/** A live table where `stdout` is a terminal, otherwise lines. */
export function launcherView(options: ViewOptions): View {
  return options.stdout.isTTY === true ? terminalView(options) : plainView(options);
}

function terminalView({ names, env, stdout }: ViewOptions): View {
  const colour = env.NO_COLOR === undefined || env.NO_COLOR === "";
  const lines = childLog(names, { pretty: true, colour });
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
function plainView({ names, stdout, stderr, summaryMs, hold }: ViewOptions): View {
  const lines = childLog(names, { pretty: false, colour: false });
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
