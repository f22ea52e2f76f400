/**
 * How a run ends: faults heal, up to f nodes may stay away for good, and the others have to answer every command and agree (L2,
 * L3, L7, L9), keep their leader while nothing is wrong (L4, L5), commit a new command soon (L1, L2), and come back from a stop
 * of all of them at once with everything they answered (L8).
 */
import { lastIndex } from "../../consensus/tail.ts";
import { faultyMax } from "../../wire/quorum.ts";
import type { NodeId } from "../../wire/types.ts";
import type { ClientTraffic } from "./client-traffic.ts";
import type { Network } from "./network.ts";
import type { Options } from "./options.ts";
import type { Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";
import { crash, type SimNode } from "./sim-node.ts";
import { Broken } from "./world.ts";

type Around = {
  readonly options: Options;
  readonly honest: readonly SimNode[];
  readonly liars: ReadonlySet<NodeId>;
  readonly clients: ClientTraffic;
  readonly schedule: Schedule;
  readonly network: Network;
  readonly choose: Random;
  readonly start: (node: SimNode) => void;
};

export type Ending = {
  /** The faults end now. */
  readonly heal: () => void;
  readonly isReached: () => boolean;
};

/** Timers may be stretched 64 times when faults end; a few of the longest, and an election for each node that is away. */
const healMsMax = 300_000;
/** Timeouts that were asked for before the end are forgotten. */
const settleMs = 1_000;
const calmMs = 1_500;
/** Clocks that go twice as fast as others' take any leader for dead. */
const driftMax = 0.3;
const answerMsMax = 10_000;
const pollMs = 7;

export function createEnding(around: Around): Ending {
  const { options, honest, clients, schedule, network, choose, start, liars } = around;
  let reached = false;
  let core: readonly SimNode[] = honest;

  function heal(): void {
    // Who stays away for good; with the liars they are at most f.
    const spare = options.coreOnly ? faultyMax(options.nodes) - liars.size : 0;
    const count = spare > 0 ? choose.between(0, spare) : 0;
    const shuffled = honest.map((node) => ({ node, place: choose.next() })).sort((a, b) => a.place - b.place);
    const exiled = new Set(shuffled.slice(0, count).map(({ node }) => node.slot));
    core = honest.filter(({ slot }) => !exiled.has(slot));
    network.heal(exiled);
    for (const node of honest) if (node.actors === undefined) start(node);
    for (const node of core) clients.greet(node);
    waitFor(isConverged, healMsMax, "convergence after healing", restCalm);
  }

  /** Looks now and then whether something has come true, and breaks `Liveness` where it has not in time. */
  function waitFor(isTrue: () => boolean, msMax: number, what: string, then: () => void): void {
    const deadline = schedule.now() + msMax;
    const look = (): void => {
      if (isTrue()) {
        then();
        return;
      }
      if (schedule.now() > deadline) {
        throw new Broken(
          "Liveness",
          `no ${what} within ${msMax} ms; ${clients.waiting()} requests wait\n${describe()}`,
        );
      }
      schedule.after(pollMs, look);
    };
    look();
  }

  /** Nothing is wrong and nothing to do: once old timeouts are forgotten, no node may start an election. */
  function restCalm(): void {
    schedule.after(settleMs, () => {
      const before = calmTerm();
      schedule.after(calmMs, () => {
        const after = Math.max(...core.map(termOf));
        if (before !== undefined && after > before) {
          throw new Broken("Liveness", `an election to term ${after} with nothing wrong\n${describe()}`);
        }
        askOnce(options.totalRestart ? stopAll : end);
      });
    });
  }

  /** The term that all nodes are in, under one leader, with timers as short as they begin and clocks that fit together. */
  function calmTerm(): number | undefined {
    const [first, ...rest] = core.map(termOf);
    const isCalm =
      liars.size === 0 && options.drift <= driftMax && leaders() === 1 && rest.every((term) => term === first);
    return isCalm ? first : undefined;
  }

  function askOnce(then: () => void): void {
    const operation = clients.sendOne();
    // With a leader in office it takes a moment; liars may cost elections first.
    const msMax = liars.size === 0 && leaders() > 0 ? answerMsMax : healMsMax;
    waitFor(
      () => operation.answeredAt !== undefined,
      msMax,
      "answer to a command in calm weather",
      () => waitFor(isConverged, healMsMax, "convergence in calm weather", then),
    );
  }

  function stopAll(): void {
    for (const node of core) {
      if (node.actors === undefined) continue;
      node.disk.crash(node.actors.log.writes, choose);
      crash(node);
    }
    schedule.after(20, () => {
      for (const node of core) if (node.actors === undefined) start(node);
      waitFor(isConverged, healMsMax, "convergence after a stop of all nodes", () => askOnce(end));
    });
  }

  function end(): void {
    reached = true;
  }

  function leaders(): number {
    return core.filter((node) => node.actors?.consensus.core.role.kind === "leader").length;
  }

  function isConverged(): boolean {
    if (clients.waiting() > 0) return false;
    const first = standing(core[0]);
    return first !== undefined && core.every((node) => standing(node) === first);
  }

  function describe(): string {
    return honest.map((node) => JSON.stringify(describeNode(node))).join("\n");
  }

  return { heal, isReached: () => reached };
}

/** Where a node stands that has nothing left to do; undefined while it has. */
function standing(node: SimNode | undefined): string | undefined {
  const core = node?.actors?.consensus.core;
  if (node === undefined || core === undefined || lastIndex(core.tail) !== core.tail.base) return undefined;
  if (node.actors?.applier.appliedIndex !== core.tail.base) return undefined;
  if ((node.disk.durable().commit?.index ?? 0) !== core.tail.base) return undefined;
  return `${core.tail.base} ${Buffer.from(core.tail.baseHash).toString("hex")}`;
}

function termOf(node: SimNode): number {
  return node.actors?.consensus.core.term ?? 0;
}

function describeNode(node: SimNode): object {
  const core = node.actors?.consensus.core;
  if (core === undefined) return { id: node.id, down: true };
  const { term, role, lock, tail, tick, deadlineTick, backoff, pool, pendingCommit, askedTerm } = core;
  return {
    id: node.id,
    term,
    askedTerm,
    role: role.kind,
    leader: role.kind === "follower" ? role.leader : undefined,
    base: tail.base,
    last: lastIndex(tail),
    applied: node.actors?.applier.appliedIndex,
    lock: lock && [lock.term, lock.index],
    pending: pendingCommit?.index,
    waiting: pool.waitingCount,
    tick,
    deadlineTick,
    backoff,
  };
}
