/**
 * Keeps one node's process alive: starts it, starts it again with a back-off when it crashes, and stops it in the end.
 * A process that ends with 0 was stopped by somebody, and one that ends with 2 has a wrong configuration: both stay down.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { type BackOff, nextWaitMs } from "./back-off.ts";
import { splitLines } from "./line-splitter.ts";
import { nodeEnvironment } from "./node-environment.ts";
import { launchedMark } from "./stop-signals.ts";

export type Command = {
  /** Node's arguments: the file to run, and what it is given. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly backOff: BackOff;
  /** From SIGTERM to SIGKILL. */
  readonly stopMs: number;
};

/** How a process ended; `code` is null where a signal ended it or it could not be started. */
export type End = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** In words, such as `exit code 1`. */
  readonly how: string;
};

export type SupervisorEvents = {
  readonly onLine: (line: string) => void;
  /** It will be started again after the wait. */
  readonly onCrash: (end: End, livedMs: number, waitMs: number) => void;
  /** It stays down, and nobody asked for it. */
  readonly onGone: (end: End) => void;
};

export type SupervisorState =
  | { readonly kind: "running"; readonly pid: number | undefined }
  | { readonly kind: "waiting" }
  | { readonly kind: "down"; readonly end: End };

export type Supervisor = {
  readonly state: () => SupervisorState;
  readonly restarts: () => number;
  /** Resolves when the process is down for good. */
  readonly down: Promise<End>;
  /** SIGTERM, and SIGKILL to one that does not end in time; no restart any more. */
  readonly stop: () => void;
  /** SIGKILL. */
  readonly kill: () => void;
  /** Stops or goes on reading what it prints, so that a slow reader of ours holds it up; not while it is stopped. */
  readonly hold: (held: boolean) => void;
};

const configExit = 2;

/** Starts the process and watches over it. */
export function supervise(command: Command, events: SupervisorEvents): Supervisor {
  let restarts = 0;
  let lastWaitMs = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess | undefined;
  let state: SupervisorState = { kind: "waiting" };
  const { promise: down, resolve } = Promise.withResolvers<End>();

  function start(): void {
    const started = performance.now();
    const process = spawnNode(command, events.onLine, (end) => ended(end, performance.now() - started));
    child = process;
    state = { kind: "running", pid: process.pid };
  }

  function ended(end: End, livedMs: number): void {
    child = undefined;
    clearTimeout(timer);
    if (stopping || end.code === 0 || end.code === configExit) {
      if (!stopping) events.onGone(end);
      finish(end);
      return;
    }
    lastWaitMs = nextWaitMs(command.backOff, lastWaitMs, livedMs);
    state = { kind: "waiting" };
    timer = setTimeout(() => {
      restarts++;
      start();
    }, lastWaitMs);
    events.onCrash(end, livedMs, lastWaitMs);
  }

  function finish(end: End): void {
    state = { kind: "down", end };
    resolve(end);
  }

  function stop(): void {
    if (stopping) return;
    stopping = true;
    clearTimeout(timer);
    hold(false);
    if (child === undefined) {
      if (state.kind !== "down") finish({ code: null, signal: null, how: "was down when it was to stop" });
      return;
    }
    child.kill("SIGTERM");
    timer = setTimeout(() => child?.kill("SIGKILL"), command.stopMs);
  }

  function hold(held: boolean): void {
    for (const stream of [child?.stdout, child?.stderr]) {
      // It has ended only when its output has: one that is to stop is held up no more.
      if (held && !stopping) stream?.pause();
      else stream?.resume();
    }
  }

  start();
  return {
    state: () => state,
    restarts: () => restarts,
    down,
    stop,
    kill: () => {
      stop();
      child?.kill("SIGKILL");
    },
    hold,
  };
}

/** Calls `onEnd` once, after the last line. */
function spawnNode(command: Command, onLine: (line: string) => void, onEnd: (end: End) => void): ChildProcess {
  const process_ = spawn(process.execPath, command.args, {
    // A group of its own: Ctrl-C in the terminal reaches the launcher alone, which then stops each node once.
    detached: true,
    // The node watches its standard input: where the launcher dies without a word, that ends.
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...nodeEnvironment, ...command.env, ...launchedMark },
  });
  process_.stdin.on("error", () => undefined);
  for (const stream of [process_.stdout, process_.stderr]) {
    const lines = splitLines(onLine);
    stream.setEncoding("utf8");
    stream.on("data", lines.push);
    stream.once("end", lines.end);
  }
  let failed = false;
  process_.once("error", (error) => {
    // Without a process id it never lived, and nothing else is told of it.
    if (process_.pid !== undefined) return;
    failed = true;
    onEnd({ code: null, signal: null, how: `could not be started (${error.message})` });
  });
  process_.once("close", (code, signal) => {
    if (!failed) onEnd({ code, signal, how: signal === null ? `exit code ${code}` : signal });
  });
  return process_;
}
