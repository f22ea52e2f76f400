/** What a run is like: sizes, timing, and which faults it has how strongly. Drawn from a seed, or written down by a test. */
import type { Random } from "./random.ts";

/** Times are virtual milliseconds, probabilities in [0, 1]; 0 turns a fault off. */
export type Options = {
  readonly nodes: number;
  readonly clients: number;
  /** Commands that clients send while faults last. */
  readonly commands: number;
  /** How long faults last. */
  readonly faultMs: number;

  readonly tickMs: number;
  readonly heartbeatTicks: number;
  readonly electionTicksMin: number;
  readonly electionTicksMax: number;
  readonly candidateDelayTicks: number;
  readonly fairnessTicks: number;
  readonly windowBatches: number;
  readonly batchCommandsMax: number;
  readonly chunkCommandsMax: number;

  /** N01: of frames. */
  readonly loss: number;
  /** N02: mean of the delay, beyond a tenth of a millisecond. */
  readonly delayMs: number;
  /** N02: of frames that take up to a hundred times as long. */
  readonly heavyTail: number;
  /** N03: whether frames of one link overtake each other. */
  readonly reorder: boolean;
  /** N04: of frames that arrive twice. */
  readonly duplicate: number;
  /** N04: of frames with which an older one of any link arrives again. */
  readonly replay: number;
  /** N11: bytes in a millisecond that a link carries; 0 for any. */
  readonly bandwidth: number;
  /** N12: of frames that arrive with a byte changed, or cut. */
  readonly corrupt: number;
  /** N05-N10, N13, N14: mean time between two cuts, and which kinds there are. */
  readonly cutEveryMs: number;
  readonly cuts: readonly CutKind[];

  /** P01, P02: mean time between two crashes, at whatever moment. */
  readonly crashEveryMs: number;
  /** P01: of crashes, those at a named point between two effects. */
  readonly crashAtPoint: number;
  /** How long a node stays down at most. */
  readonly downMs: number;
  /** P03, P04: mean time between crashes of all nodes, at once or one after the other. */
  readonly allDownEveryMs: number;
  /** P05, P06: mean time between two pauses, and the longest. */
  readonly pauseEveryMs: number;
  readonly pauseMs: number;

  /** How much a node's clock may run faster or slower: 0.5 is from two thirds to one and a half. */
  readonly drift: number;
  /** Mean time between jumps of a clock: many ticks at once. */
  readonly jumpEveryMs: number;

  /** Mean time of a sync, and of syncs those that take a hundred times as long (D15). */
  readonly syncMs: number;
  readonly slowSync: number;
  /** D06, D14: of syncs that fail; the node then stops. */
  readonly failSync: number;

  /** Of answers and commands, between clients and nodes, that are lost. */
  readonly clientLoss: number;
  /** C05: of sends that are batches with a forged command among good ones. */
  readonly badBatch: number;
  /** C07: commands that come all at once in the middle. */
  readonly burst: number;

  /** In the heal phase up to f nodes stay cut off for good. */
  readonly coreOnly: boolean;
  /** After it all nodes are stopped and started, and what was answered has to be there (L8). */
  readonly totalRestart: boolean;
};

/** N05 in three modes, N06, N07 in two, N08, N09, N10, N13, N14. */
export type CutKind =
  | "halves"
  | "groups"
  | "isolate"
  | "oneWay"
  | "ring"
  | "bridge"
  | "clog"
  | "swizzle"
  | "flap"
  | "leader"
  | "partialHeal";

const cutKinds: readonly CutKind[] = [
  "halves",
  "groups",
  "isolate",
  "oneWay",
  "ring",
  "bridge",
  "clog",
  "swizzle",
  "flap",
  "leader",
  "partialHeal",
];

/** No faults, four nodes. */
export const calm: Options = {
  nodes: 4,
  clients: 1,
  commands: 10,
  faultMs: 2_000,
  tickMs: 20,
  heartbeatTicks: 5,
  electionTicksMin: 20,
  electionTicksMax: 40,
  candidateDelayTicks: 2,
  fairnessTicks: 200,
  windowBatches: 3,
  batchCommandsMax: 4,
  chunkCommandsMax: 5,
  loss: 0,
  delayMs: 1,
  heavyTail: 0,
  reorder: false,
  duplicate: 0,
  replay: 0,
  bandwidth: 0,
  corrupt: 0,
  cutEveryMs: 0,
  cuts: [],
  crashEveryMs: 0,
  crashAtPoint: 0,
  downMs: 800,
  allDownEveryMs: 0,
  pauseEveryMs: 0,
  pauseMs: 0,
  drift: 0,
  jumpEveryMs: 0,
  syncMs: 1,
  slowSync: 0,
  failSync: 0,
  clientLoss: 0,
  badBatch: 0,
  burst: 0,
  coreOnly: false,
  totalRestart: false,
};

/** Swarm: each fault is on with p = 1/2, then its intensity is drawn. */
export function swarm(choose: Random, given: Partial<Options> = {}): Options {
  const maybe = (draw: () => number): number => (choose.chance(0.5) ? draw() : 0);
  const upTo = (most: number) => (): number => choose.next() * most;
  const from = (least: number, most: number) => (): number => choose.between(least, most);
  const drawn: Options = {
    ...calm,
    nodes: choose.pick([4, 1, 4, 5, 4, 6, 4, 7, 2, 4, 3, 10, 5, 7, 13, 4]),
    clients: choose.pick([1, 2, 3, 1, 2, 8]),
    commands: choose.between(5, 40),
    faultMs: choose.between(1_000, 5_000),
    heartbeatTicks: choose.pick([5, 2, 8]),
    candidateDelayTicks: choose.pick([2, 1, 5]),
    fairnessTicks: choose.pick([200, 60]),
    windowBatches: choose.pick([3, 1, 8]),
    batchCommandsMax: choose.pick([4, 1, 16]),
    chunkCommandsMax: choose.pick([5, 1, 20]),
    loss: maybe(upTo(0.3)),
    delayMs: 1 + maybe(upTo(40)),
    heavyTail: maybe(upTo(0.05)),
    reorder: choose.chance(0.5),
    duplicate: maybe(upTo(0.5)),
    replay: maybe(upTo(0.2)),
    bandwidth: maybe(from(2, 200)),
    corrupt: maybe(upTo(0.1)),
    cutEveryMs: maybe(from(150, 1_500)),
    cuts: cutKinds.filter(() => choose.chance(0.5)),
    crashEveryMs: maybe(from(60, 1_500)),
    crashAtPoint: maybe(upTo(1)),
    downMs: choose.pick([800, 1, 3_000]),
    allDownEveryMs: maybe(from(700, 4_000)),
    pauseEveryMs: maybe(from(200, 2_000)),
    pauseMs: choose.pick([100, 2_000, 10]),
    drift: maybe(upTo(1)),
    jumpEveryMs: maybe(from(200, 2_000)),
    syncMs: choose.pick([1, 0, 10]),
    slowSync: maybe(upTo(0.05)),
    failSync: maybe(upTo(0.02)),
    clientLoss: maybe(upTo(0.3)),
    badBatch: maybe(upTo(0.3)),
    burst: maybe(from(10, 120)),
    coreOnly: choose.chance(0.3),
    totalRestart: choose.chance(0.25),
  };
  return { ...drawn, ...given };
}

/** Milder variants of a run's options, one fault less each: what a shrinker tries. */
export function milder(options: Options): Options[] {
  const off: Partial<Options>[] = [
    { loss: 0 },
    { delayMs: calm.delayMs },
    { heavyTail: 0 },
    { reorder: false },
    { duplicate: 0 },
    { replay: 0 },
    { bandwidth: 0 },
    { corrupt: 0 },
    { cutEveryMs: 0, cuts: [] },
    { crashEveryMs: 0 },
    { crashAtPoint: 0 },
    { allDownEveryMs: 0 },
    { pauseEveryMs: 0 },
    { drift: 0 },
    { jumpEveryMs: 0 },
    { slowSync: 0 },
    { failSync: 0 },
    { clientLoss: 0 },
    { badBatch: 0 },
    { burst: 0 },
    { coreOnly: false },
    { totalRestart: false },
    { clients: 1 },
    { commands: 0 },
    { commands: Math.floor(options.commands / 2) },
    { commands: Math.max(0, options.commands - 1) },
    { faultMs: Math.ceil(options.faultMs / 2) },
    ...[1, 2, 3, 4, 5, 7].filter((nodes) => nodes < options.nodes).map((nodes) => ({ nodes })),
    { windowBatches: 1 },
    { batchCommandsMax: 1 },
    ...options.cuts.map((kind) => ({ cuts: options.cuts.filter((one) => one !== kind) })),
  ];
  const text = JSON.stringify(options);
  return off.map((change) => ({ ...options, ...change })).filter((one) => JSON.stringify(one) !== text);
}
