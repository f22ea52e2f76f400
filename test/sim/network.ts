/**
 * The network between running copies of nodes: for each directed link it loses, delays, doubles, replays, damages and cuts off
 * what is sent. Once healed it delivers everything, in order and soon.
 */
import type { Options } from "./options.ts";
import type { Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";

/** What a cut does to a link: frames are lost, or wait until it ends. */
export type CutMode = "lose" | "hold";

export type Network = {
  /** Sends a frame from one slot to another. */
  readonly send: (from: number, to: number, frame: Uint8Array) => void;
  /** Cuts links off until `restore` of the same ones; cuts add up. */
  readonly cut: (links: readonly Link[], mode: CutMode) => void;
  readonly restore: (links: readonly Link[], mode: CutMode) => void;
  /** Ends all faults, but for the slots that stay cut off for good. */
  readonly heal: (exiled: ReadonlySet<number>) => void;
  readonly tally: NetworkTally;
};

/** Of frames, each kind counted where it happened. */
export type NetworkTally = {
  frames: number;
  lost: number;
  delivered: number;
  doubled: number;
  replayed: number;
  damaged: number;
  /** Took up to a hundred times as long. */
  late: number;
  /** Arrived before one that was sent earlier on the same link. */
  overtaking: number;
  held: number;
  /** Times that held frames arrived all at once. */
  bursts: number;
  /** Found the sender's queue full. */
  full: number;
};

export type Link = { readonly from: number; readonly to: number };

type Surroundings = {
  readonly slots: number;
  readonly options: Options;
  readonly choose: Random;
  readonly schedule: Schedule;
  readonly arrive: (from: number, to: number, frame: Uint8Array) => void;
};

/** Frames that the network remembers for replays. */
const remembered = 256;
/** A frame that would wait this long for its link finds the sender's queue full. */
const queueMs = 2_000;
/** No frame is on its way for longer. */
const delayMsMax = 5_000;

export function createNetwork({ slots, options, choose, schedule, arrive }: Surroundings): Network {
  const losing = new Uint16Array(slots * slots);
  const holding = new Uint16Array(slots * slots);
  const held = new Map<number, Uint8Array[]>();
  const lastArrival = new Float64Array(slots * slots);
  /** Where frames overtake each other: nothing waits for these. */
  const latest = new Float64Array(slots * slots);
  const busyUntil = new Float64Array(slots * slots);
  const past: { from: number; to: number; frame: Uint8Array }[] = [];
  let sent = 0;
  let exiled: ReadonlySet<number> | undefined;
  const tally: NetworkTally = {
    frames: 0,
    lost: 0,
    delivered: 0,
    doubled: 0,
    replayed: 0,
    damaged: 0,
    late: 0,
    overtaking: 0,
    held: 0,
    bursts: 0,
    full: 0,
  };

  function send(from: number, to: number, frame: Uint8Array): void {
    tally.frames++;
    if (exiled !== undefined) {
      if (exiled.has(from) || exiled.has(to)) tally.lost++;
      else inOrder(from, to, frame, schedule.now() + 0.1 + 2 * choose.next());
      return;
    }
    if (options.replay > 0) remember(from, to, frame);
    const link = from * slots + to;
    if ((losing[link] ?? 0) > 0 || choose.chance(options.loss)) {
      tally.lost++;
      return;
    }
    if ((holding[link] ?? 0) > 0) {
      tally.held++;
      const queue = held.get(link);
      if (queue === undefined) held.set(link, [frame]);
      else queue.push(frame);
      return;
    }
    fly(from, to, frame);
    if (choose.chance(options.duplicate)) {
      tally.doubled++;
      fly(from, to, frame);
    }
    if (choose.chance(options.replay)) replay();
  }

  function remember(from: number, to: number, frame: Uint8Array): void {
    past[sent++ % remembered] = { from, to, frame };
  }

  function replay(): void {
    if (past.length === 0) return;
    tally.replayed++;
    const { from, to, frame } = choose.pick(past);
    fly(from, to, frame);
  }

  function fly(from: number, to: number, whole: Uint8Array): void {
    const frame = choose.chance(options.corrupt) ? damage(whole) : whole;
    const link = from * slots + to;
    let delay = 0.1 - Math.log(1 - choose.next()) * options.delayMs;
    if (choose.chance(options.heavyTail)) {
      tally.late++;
      delay = Math.min(delay * 100, delayMsMax);
    }
    let time = schedule.now() + delay;
    if (options.bandwidth > 0) {
      const start = Math.max(schedule.now(), busyUntil[link] ?? 0);
      if (start - schedule.now() > queueMs) {
        tally.lost++;
        tally.full++;
        return;
      }
      busyUntil[link] = start + frame.length / options.bandwidth;
      time += (busyUntil[link] ?? 0) - schedule.now();
    }
    if (options.reorder) {
      if (time < (latest[link] ?? 0)) tally.overtaking++;
      else latest[link] = time;
      plan(from, to, frame, time);
    } else inOrder(from, to, frame, time);
  }

  /** As over one TCP connection. */
  function inOrder(from: number, to: number, frame: Uint8Array, time: number): void {
    const link = from * slots + to;
    const at = Math.max(time, lastArrival[link] ?? 0);
    lastArrival[link] = at;
    plan(from, to, frame, at);
  }

  function plan(from: number, to: number, frame: Uint8Array, time: number): void {
    schedule.at(time, () => {
      if (exiled?.has(to)) return;
      tally.delivered++;
      arrive(from, to, frame);
    });
  }

  function damage(frame: Uint8Array): Uint8Array {
    tally.damaged++;
    const damaged = frame.slice();
    const at = choose.between(0, damaged.length - 1);
    switch (choose.between(0, 3)) {
      case 0:
        return damaged.subarray(0, at);
      case 1:
        damaged[at] = choose.between(0, 255);
        return damaged;
      case 2:
        damaged.fill(0, at, at + 16);
        return damaged;
      default:
        damaged[at] = (damaged[at] ?? 0) ^ (1 << choose.between(0, 7));
        return damaged;
    }
  }

  function restore(links: readonly Link[], mode: CutMode): void {
    const counts = mode === "lose" ? losing : holding;
    for (const { from, to } of links) {
      const link = from * slots + to;
      counts[link] = Math.max(0, (counts[link] ?? 0) - 1);
      if (mode === "hold" && counts[link] === 0) letGo(link);
    }
  }

  /** What was held on a link arrives in one burst. */
  function letGo(link: number): void {
    const frames = held.get(link) ?? [];
    held.delete(link);
    if (frames.length > 1) tally.bursts++;
    for (const frame of frames) inOrder(Math.floor(link / slots), link % slots, frame, schedule.now() + 0.1);
  }

  return {
    send,
    cut: (links, mode) => {
      const counts = mode === "lose" ? losing : holding;
      for (const { from, to } of links) counts[from * slots + to] = (counts[from * slots + to] ?? 0) + 1;
    },
    restore,
    heal: (gone) => {
      exiled = gone;
      for (const link of [...held.keys()]) letGo(link);
    },
    tally,
  };
}
