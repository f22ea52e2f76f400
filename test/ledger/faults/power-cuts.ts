/**
 * Power cuts in a store's recorded life: before any call, of all that waits to be synced any part may be on the disk. Each cut is
 * made into files, on which the real code starts a node's store and has to find what the store had promised by then.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mayStartEmpty } from "../../../cluster/first-start.ts";
import { openStore } from "../../../ledger/store.ts";
import type { Random } from "../../sim/random.ts";
import { optionsFor, plain } from "../signed-cluster.ts";
import { quickFolder } from "./quick-folder.ts";
import { type Files, putFiles, type Recording } from "./recording.ts";
import { type Change, type Pending, syncedDisk } from "./synced-disk.ts";

/** What of the waiting calls a power cut keeps. */
export const cutKinds = [
  "nothing",
  "all",
  "a prefix",
  "one alone",
  "all but one",
  "a subset",
  "any order",
  "the last torn at sectors",
  "the last with sectors missing",
  "the last torn at a byte",
] as const;
export type CutKind = (typeof cutKinds)[number];

export type PowerCut = {
  /** Calls done before it. */
  readonly at: number;
  readonly kind: CutKind;
  readonly files: Files;
  /** What a store may hold: the state that it promised last, or the one that it was about to promise. */
  readonly allowed: readonly string[];
};

/** So many moments, each a count of calls done: from one promise to the next there are as many, however many calls there are. */
export function momentsOf({ calls }: Recording, count: number, random: Random): number[] {
  const ends = calls.flatMap(({ kind }, at) => (kind === "said" ? [at] : []));
  const spans = [...ends, calls.length].map((end, i): [number, number] => [(ends[i - 1] ?? -1) + 1, end]);
  return Array.from({ length: count }, (_, i) => {
    const [first, last] = spans[i % spans.length] ?? [0, 0];
    return random.between(first, last);
  });
}

/** Calls `visit` for one cut at each of the moments, in the order of the calls. */
export function eachPowerCut(
  { from, calls }: Recording,
  moments: readonly number[],
  random: Random,
  visit: (cut: PowerCut) => void,
): void {
  const cutsAt = new Map<number, number>();
  for (const at of moments) cutsAt.set(at, (cutsAt.get(at) ?? 0) + 1);
  const said = calls.flatMap((call, at) => (call.kind === "said" ? [{ at, state: call.state }] : []));
  const disk = syncedDisk(from);
  let promised = 0;
  for (let at = 0; at <= calls.length; at++) {
    while ((said[promised]?.at ?? Number.POSITIVE_INFINITY) < at) promised++;
    const allowed = said.slice(Math.max(0, promised - 1), promised + 1).map(({ state }) => state);
    for (let i = cutsAt.get(at) ?? 0; i > 0; i--) {
      const kind = random.pick(cutKinds);
      visit({ at, kind, files: disk.after(keptOf(disk.pending(), kind, random)), allowed });
    }
    const call = calls[at];
    if (call !== undefined) disk.take(call);
  }
}

function keptOf(pending: readonly Pending[], kind: CutKind, random: Random): Pending[] {
  const any = random.between(0, Math.max(0, pending.length - 1));
  switch (kind) {
    case "nothing":
      return [];
    case "all":
      return [...pending];
    case "a prefix":
      return pending.slice(0, any);
    case "one alone":
      return pending.slice(any, any + 1);
    case "all but one":
      return pending.filter((_, i) => i !== any);
    case "a subset":
      return subset(pending, random);
    case "any order":
      return shuffled(subset(pending, random), random);
    case "the last torn at sectors":
    case "the last with sectors missing":
    case "the last torn at a byte":
      return withLastTorn(pending.slice(0, any + 1), kind, random);
  }
}

function subset<T>(all: readonly T[], random: Random): T[] {
  const there = random.pick([0.1, 0.5, 0.9]);
  return all.filter(() => random.chance(there));
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  return all
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

const sectorBytes = 512;
const walHeaderBytes = 32;

function withLastTorn(kept: readonly Pending[], kind: CutKind, random: Random): Pending[] {
  const last = kept.at(-1);
  if (last?.kind !== "write") return [...kept];
  const before = kept.slice(0, -1);
  if (kind === "the last torn at a byte") {
    // A disk writes a sector whole, and the log's header begins one; what is behind it may end anywhere.
    if (last.bytes.length <= walHeaderBytes && last.at === 0) return [...kept];
    return [...before, { ...last, bytes: last.bytes.subarray(0, random.between(0, last.bytes.length)) }];
  }
  const sectors = sectorsOf(last);
  if (kind === "the last torn at sectors") return [...before, ...sectors.slice(0, random.between(0, sectors.length))];
  return [...before, ...subset(sectors, random)];
}

/** A write as one for each sector that it touches. */
function sectorsOf(write: Extract<Change, { kind: "write" }>): Change[] {
  const parts: Change[] = [];
  for (let at = 0; at < write.bytes.length; ) {
    const to = Math.min(write.bytes.length, at + sectorBytes - ((write.at + at) % sectorBytes));
    parts.push({ ...write, at: write.at + at, bytes: write.bytes.subarray(at, to) });
    at = to;
  }
  return parts;
}

/** What a node finds that starts on these files: the state, or why it refuses. */
export function startOn(files: Files): { readonly state: string } | { readonly refused: string } {
  const folder = mkdtempSync(join(quickFolder, "juno-cut-"));
  try {
    putFiles(folder, files);
    const data = join(folder, "data");
    mkdirSync(data, { recursive: true });
    const create = mayStartEmpty(join(folder, "key.pem"));
    const outcome = openStore(optionsFor(join(data, "ledger.sqlite"), { create }));
    if (!outcome.ok) return { refused: outcome.reason };
    try {
      const read = outcome.value.load();
      return read.ok ? { state: plain(read.value) } : { refused: read.reason };
    } finally {
      outcome.value.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
