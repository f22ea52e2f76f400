/** Turns the signals that ask a process to end into abort signals. */

export type StopSignals = {
  /** The first one: finish in order. */
  readonly stop: AbortSignal;
  /** The second one: end at once. */
  readonly kill: AbortSignal;
  /** Takes the handlers away again. */
  readonly dispose: () => void;
};

/** What the launcher gives to its nodes' environments. */
export const launchedMark: Readonly<Record<string, string>> = { JUNO_LAUNCHED: "1" };

/**
 * Listens to SIGINT, SIGTERM and SIGHUP from now on. A process started by the launcher also stops when its standard
 * input ends: then the launcher is dead, and nobody would stop the node any more.
 */
export function listenToStopSignals(): StopSignals {
  const stop = new AbortController();
  const kill = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const onSignal = (signal: NodeJS.Signals) => (stop.signal.aborted ? kill : stop).abort(signal);
  const onOrphaned = () => stop.abort("the launcher is gone");
  for (const signal of signals) process.on(signal, onSignal);
  const launched = Object.entries(launchedMark).every(([name, value]) => process.env[name] === value);
  if (launched) {
    process.stdin.once("end", onOrphaned).once("error", onOrphaned).resume();
    // Watching must not keep a process alive that is done.
    if ("unref" in process.stdin) process.stdin.unref();
  }
  return {
    stop: stop.signal,
    kill: kill.signal,
    dispose: () => {
      for (const signal of signals) process.removeListener(signal, onSignal);
      if (launched) process.stdin.removeListener("end", onOrphaned).removeListener("error", onOrphaned).pause();
    },
  };
}
