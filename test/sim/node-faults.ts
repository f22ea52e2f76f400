/** What happens to nodes: crashes at any moment and at named points, of one or all, pauses, clocks that jump (P01-P06, B32). */
import { commitIndexOf } from "../../consensus/state.ts";
import { amidBroadcast, crashPoints, pointName } from "./crash-points.ts";
import type { Options } from "./options.ts";
import type { Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";
import { crash, type SimNode, type Surroundings, tickNow } from "./sim-node.ts";

type Around = {
  readonly options: Options;
  readonly choose: Random;
  readonly schedule: Schedule;
  readonly nodes: readonly SimNode[];
  readonly start: (node: SimNode) => void;
  readonly healed: () => boolean;
  readonly tell: (node: SimNode, text: string) => void;
};

export type NodeFaults = {
  readonly onMoment: NonNullable<Surroundings["onMoment"]>;
  /** A node puts one frame on the network. */
  readonly onFrame: (node: SimNode) => void;
  /** Ends a node's life, in the middle of a sync if one is under way; it comes back within `downMs`. */
  readonly crashNow: (node: SimNode, why: string) => void;
  readonly pausedUntil: Float64Array;
  readonly tally: NodeTally;
  /** Points at which a node was crashed, and how often. */
  readonly pointsHit: Map<string, number>;
};

export type NodeTally = {
  crashes: number;
  /** Of crashes, those of a node that led, and that was a candidate. */
  leaders: number;
  candidates: number;
  /** Of crashes, those with a lock above the commit index, and with a sync on its way. */
  locked: number;
  syncing: number;
  /** Nodes that were back within two milliseconds. */
  quick: number;
  pauses: number;
  /** Of pauses, those of a leader, and those longer than any election timeout. */
  leadersPaused: number;
  longPauses: number;
  jumps: number;
  torn: number;
  keptUntold: number;
  /** Nodes that stopped since their disk failed. */
  failedSyncs: number;
  /** Crashes of all nodes at once, and one after the other. */
  allAtOnce: number;
  rolling: number;
};

/** How long a node that is to crash at a point is waited for. */
const patienceMs = 400;
/** Ticks that a clock jumps at most. */
const jumpTicksMax = 100;

export function planNodeFaults(around: Around): NodeFaults {
  const { options, choose, schedule, nodes, healed, tell } = around;
  const targets: (string | undefined)[] = nodes.map(() => undefined);
  const pausedUntil = new Float64Array(nodes.length);
  const pointsHit = new Map<string, number>();
  const tally: NodeTally = {
    crashes: 0,
    leaders: 0,
    candidates: 0,
    locked: 0,
    syncing: 0,
    quick: 0,
    pauses: 0,
    leadersPaused: 0,
    longPauses: 0,
    jumps: 0,
    torn: 0,
    keptUntold: 0,
    failedSyncs: 0,
    allAtOnce: 0,
    rolling: 0,
  };
  const longMs = options.electionTicksMax * options.tickMs;
  let armed = 0;

  function crashNow(node: SimNode, why: string): void {
    if (node.actors === undefined) return;
    tally.crashes++;
    disarm(node);
    const fate = node.disk.crash(node.actors.log.writes, choose);
    noteStanding(node);
    if (fate !== "nothing pending") tally.syncing++;
    if (fate === "torn") tally.torn++;
    if (fate === "all kept") tally.keptUntold++;
    tell(node, `crashes ${why}${fate === "nothing pending" ? "" : `, its sync ${fate}`}`);
    crash(node);
    const downMs = 1 + choose.next() * options.downMs;
    if (downMs <= 2) tally.quick++;
    schedule.after(downMs, () => {
      if (node.actors === undefined) around.start(node);
    });
  }

  function noteStanding({ actors }: SimNode): void {
    const core = actors?.consensus.core;
    if (core === undefined) return;
    if (core.role.kind === "leader") tally.leaders++;
    if (core.role.kind === "candidate") tally.candidates++;
    if (core.lock !== undefined && core.lock.index > commitIndexOf(core)) tally.locked++;
  }

  function arm(node: SimNode, point: string): void {
    disarm(node);
    targets[node.slot] = point;
    armed++;
    schedule.after(patienceMs, () => {
      if (targets[node.slot] === point && !healed()) crashNow(node, "after all");
    });
  }

  function disarm({ slot }: SimNode): void {
    if (targets[slot] !== undefined) armed--;
    targets[slot] = undefined;
  }

  function hit(node: SimNode, point: string): void {
    pointsHit.set(point, (pointsHit.get(point) ?? 0) + 1);
    crashNow(node, point);
  }

  /** Does something again and again, on average every `ms`, until the faults end. */
  function every(ms: number, act: () => void): void {
    if (ms === 0) return;
    schedule.after(ms * (0.2 + 1.6 * choose.next()), () => {
      if (healed()) return;
      act();
      every(ms, act);
    });
  }

  every(options.crashEveryMs, () => {
    const node = choose.pick(nodes);
    if (choose.chance(options.crashAtPoint)) arm(node, choose.pick(crashPoints));
    else crashNow(node, "");
  });
  every(options.allDownEveryMs, () => {
    const apartMs = choose.pick([0, 20, 400]);
    if (apartMs === 0) tally.allAtOnce++;
    else tally.rolling++;
    nodes.forEach((node, i) => {
      schedule.after(apartMs * i, () => (healed() ? undefined : crashNow(node, "with all")));
    });
  });
  every(options.pauseEveryMs, () => {
    const node = choose.pick(nodes);
    const ms = choose.next() * options.pauseMs;
    tally.pauses++;
    if (node.actors?.consensus.core.role.kind === "leader") tally.leadersPaused++;
    if (ms > longMs) tally.longPauses++;
    tell(node, `pauses for ${ms.toFixed(0)} ms`);
    pausedUntil[node.slot] = Math.max(pausedUntil[node.slot] ?? 0, schedule.now() + ms);
  });
  every(options.jumpEveryMs, () => {
    const node = choose.pick(nodes);
    tally.jumps++;
    const ticks = choose.between(1, jumpTicksMax);
    tell(node, `its clock jumps ${ticks} ticks`);
    for (let tick = 0; tick < ticks; tick++) tickNow(node);
  });

  return {
    onMoment: (node, moment, actor, mail) => {
      if (healed()) return;
      if (actor === "log" && mail.kind === "drained" && moment === "before" && options.failSync > 0) {
        if (node.actors !== undefined && node.actors.log.writes.length > 0 && choose.chance(options.failSync)) {
          tally.failedSyncs++;
          crashNow(node, "since its disk fails");
          return;
        }
      }
      if (armed === 0) return;
      const target = targets[node.slot];
      if (target !== undefined && target === pointName(moment, actor, mail)) hit(node, target);
    },
    onFrame: (node) => {
      if (armed > 0 && targets[node.slot] === amidBroadcast && !healed()) hit(node, amidBroadcast);
    },
    crashNow,
    pausedUntil,
    tally,
    pointsHit,
  };
}
