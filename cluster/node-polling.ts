/** Asks the nodes that run how they are, again and again. */
import type { NodeStatus } from "./control.ts";
import { readStatus } from "./status-shape.ts";
import type { Supervisor } from "./supervisor.ts";

/** A node under the launcher; the statuses are of the last two rounds, undefined where it did not answer. */
export type Watched = {
  readonly name: string;
  readonly dataFolder: string;
  readonly supervisor: Supervisor;
  status: NodeStatus | undefined;
  before: NodeStatus | undefined;
};

/** Asks every running node; a round begins when the one before it is over. */
export function poll(
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
