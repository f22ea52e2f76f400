/** Choices made of whole numbers below 2^32; 0 is always the mildest one, so that a tape of zeros is a calm run. */

export type Random = {
  /** [0, 1). */
  readonly next: () => number;
  /** Whole number in [min, max]; 0 draws `min`. */
  readonly between: (min: number, max: number) => number;
  /** 0 draws false. */
  readonly chance: (probability: number) => boolean;
  /** 0 draws the first. */
  readonly pick: <T>(items: readonly T[]) => T;
};

/** Choices by `draw`, which returns a whole number below 2^32. */
export function randomBy(draw: () => number): Random {
  const next = (): number => draw() / 2 ** 32;
  return {
    next,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => probability > 0 && draw() >= (1 - probability) * 2 ** 32,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
}
