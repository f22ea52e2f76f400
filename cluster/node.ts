/**
 * A running node: puts its parts together in the order in which they depend on each other, and takes them apart again.
 * store -> replay -> consensus -> listeners; whatever fails stops the whole node, since one that is not sure of its state
 * must not vote.
 */
import type { ActorName } from "../actors/mailbox.ts";
import type { LogIndex } from "../wire/types.ts";
import { startClock } from "./clock.ts";
import type { NodeStatus } from "./control.ts";
import { nodeStatus } from "./node-status.ts";
import type { ActorStatus, NodeSetup, Note } from "./threads/boot.ts";
import { type Crew, startCrew } from "./threads/crew.ts";
import { actorNames } from "./threads/layout.ts";

export type RunningNode = {
  /** Where it listens, with the real ports. */
  readonly addresses: { readonly peers: string; readonly clients: string };
  readonly status: () => Promise<NodeStatus>;
  /** Stops the node within two seconds; may be called again. */
  readonly stop: () => Promise<void>;
  /** Rejects, with the reason, if the node cannot go on by itself. */
  readonly failed: Promise<never>;
};

export type NodeEvents = {
  readonly onNote: (note: Note) => void;
  /** The store is open and checked; nothing has been signed yet, nor will be if this throws. */
  readonly onStore?: () => void;
  /** Entries applied of those to be replayed. */
  readonly onReplay?: (applied: number, total: number) => void;
};

/** How long actors may take to finish before their threads are ended. */
const stopMs = 1_500;

/** Starts a node; rejects with one clear line where the store, a port or an engine cannot be had. */
export async function startNode(setup: NodeSetup, events: NodeEvents): Promise<RunningNode> {
  const started = Date.now();
  const crew = startCrew(setup, events.onNote);
  try {
    const addresses = await Promise.race([bringUp(crew, events), crew.failed]);
    const stopClock = startClock(crew.controls);
    let stopping: Promise<void> | undefined;
    return {
      addresses,
      failed: crew.failed,
      status: async () => {
        const [statuses, peers] = await Promise.all([statusesOf(crew), crew.controls.sender.links()]);
        return nodeStatus(setup, started, statuses, peers);
      },
      stop: () => {
        stopClock();
        stopping ??= takeDown(crew);
        return stopping;
      },
    };
  } catch (error) {
    await crew.terminate();
    throw error;
  }
}

async function bringUp(crew: Crew, events: NodeEvents): Promise<RunningNode["addresses"]> {
  const { controls } = crew;
  const opened = await controls.log.open();
  if (!opened.ok) throw new Error(opened.reason);
  events.onStore?.();
  const durable = opened.value;
  const commitIndex = durable.commit?.index ?? (0 as LogIndex);
  await controls.consensus.load(durable);
  for (let applied = 0; applied < commitIndex; ) {
    applied = await controls.log.replay((applied + 1) as LogIndex, commitIndex);
    await controls.applier.appliedThrough(applied as LogIndex);
    events.onReplay?.(applied, commitIndex);
  }
  await controls["commit-tracker"].begin(commitIndex);
  await controls.consensus.begin();
  const listening = await controls.receiver.listen(commitIndex);
  if (!listening.ok) throw new Error(listening.reason);
  return listening.value;
}

async function statusesOf(crew: Crew): Promise<Record<ActorName, ActorStatus>> {
  const { controls } = crew;
  const [receiver, consensus, log, tracker, applier, sender] = await Promise.all([
    controls.receiver.status(),
    controls.consensus.status(),
    controls.log.status(),
    controls["commit-tracker"].status(),
    controls.applier.status(),
    controls.sender.status(),
  ]);
  return { receiver, consensus, log, "commit-tracker": tracker, applier, sender };
}

/** Sockets first, so that nothing new comes in; then those who only finish what they have. */
async function takeDown(crew: Crew): Promise<void> {
  const { controls } = crew;
  const orderly = (async () => {
    await controls.receiver.stop();
    await controls.consensus.stop();
    await Promise.all(
      actorNames.filter((name) => name !== "receiver" && name !== "consensus").map((name) => controls[name].stop()),
    );
  })();
  const late = new Promise<void>((resolve) => setTimeout(resolve, stopMs).unref());
  await Promise.race([orderly.catch(() => undefined), late]);
  await crew.terminate();
}
