/**
 * The tape: every choice of a run is drawn from one of its named streams. A fresh run draws them from the seed; a replayed one
 * takes what was recorded, then zeros. Streams are apart, so that what is cut out of one does not shift the others.
 */
import { type Random, randomBy } from "./random.ts";

/** What was drawn, by stream; a run of n zeros is written as -n, and zeros at the end are left out. */
export type Recording = Readonly<Record<string, readonly number[]>>;

export type Tape = {
  readonly stream: (name: string) => Random;
  /** What was drawn so far; of a tape that does not record, nothing. */
  readonly recorded: () => Record<string, number[]>;
};

/** A tape whose draws follow from the seed; `record` keeps them. */
export function seededTape(seed: number, record: boolean): Tape {
  const drawn: Record<string, number[]> = {};
  return {
    stream: (name) => {
      const draw = generator(seed, name);
      if (!record) return randomBy(draw);
      const kept: number[] = [];
      drawn[name] = kept;
      return randomBy(() => {
        const value = draw();
        kept.push(value);
        return value;
      });
    },
    recorded: () => drawn,
  };
}

/** A tape that says what was recorded, then zeros. */
export function replayTape(streams: Readonly<Record<string, readonly number[]>>): Tape {
  return {
    stream: (name) => {
      const values = streams[name] ?? [];
      let at = 0;
      return randomBy(() => values[at++] ?? 0);
    },
    recorded: () => ({}),
  };
}

/** Writes streams shorter: runs of zeros as one negative number. */
export function packStreams(streams: Readonly<Record<string, readonly number[]>>): Recording {
  return Object.fromEntries(
    Object.entries(streams).flatMap(([name, values]) => {
      const packed = packZeros(values);
      return packed.length === 0 ? [] : [[name, packed]];
    }),
  );
}

export function unpackStreams(recording: Recording): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(recording).map(([name, packed]) => [
      name,
      packed.flatMap((value) => (value < 0 ? Array.from({ length: -value }, () => 0) : [value])),
    ]),
  );
}

function packZeros(values: readonly number[]): number[] {
  const packed: number[] = [];
  let zeros = 0;
  for (const value of values) {
    if (value === 0) {
      zeros++;
      continue;
    }
    if (zeros > 0) packed.push(-zeros);
    zeros = 0;
    packed.push(value);
  }
  return packed;
}

/** sfc32, seeded by the seed and the stream's name: [0, 2^32). */
function generator(seed: number, name: string): () => number {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) c = Math.imul(c ^ name.charCodeAt(i), 0x01000193);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
