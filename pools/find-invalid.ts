/** Finds the invalid ones among many checks, by sums over blocks of them. */

/**
 * In a batch with invalid ones, blocks of fewer are checked one by one: a sum costs as much as three single checks, besides
 * what each check adds. With 8, 12 and 16 alike any share of invalid ones, at random places, costs less than three times
 * what honest batches do.
 */
export const blockMin = 8;
/** A batch of fewer is checked one by one at once. */
const sumMin = 4;
/** Of blocks from this size on, one is checked first, by itself: a hundredth more, and garbage is seen before it is summed. */
const probeFrom = 128;

export type Checker = {
  /** False where a check is invalid by its form alone; no sum counts it. */
  readonly isSound: (number: number) => boolean;
  /** True where all sound ones from `start` to `end` are valid. */
  readonly sum: (start: number, end: number) => boolean;
  readonly single: (number: number) => boolean;
};

/**
 * Writes 1 or 0 into `valid` for each of the first `count`; begins with blocks of `block`, and returns the size of block
 * to begin with next time.
 *
 * A block whose sum is good is done, and the next is twice as long. In one whose sum is bad the search goes on with its
 * first eighth, then halves of what is left, down to blocks that are checked one by one. So k invalid ones among n cost
 * O(k log n) sums and single checks; and where most are invalid, blocks stay small and each is checked once, by itself.
 */
export function findInvalid(count: number, checker: Checker, valid: Uint8Array, block: number): number {
  let size = Math.max(block, 1);
  let at = 0;
  /** Between `at` and here is one that is invalid. */
  let badEnd = 0;
  while (at < count) {
    const end = Math.min(at + size, badEnd > at ? badEnd : count);
    const isWhole = at === 0 && end === count && badEnd === 0;
    if (end - at < (isWhole ? sumMin : blockMin)) {
      const bad = checkSingly(at, end, checker, valid);
      at = end;
      if (bad > 0) {
        badEnd = 0;
        size = blockMin - 1;
      } else size = nextSize(size);
    } else if (end - at >= probeFrom && probeIsBad(at, end, checker)) {
      badEnd = 0;
      size = blockMin - 1;
    } else if (checker.sum(at, end)) {
      for (let number = at; number < end; number++) valid[number] = checker.isSound(number) ? 1 : 0;
      at = end;
      size = nextSize(size);
    } else {
      badEnd = end;
      size = Math.max((end - at) >> 3, blockMin - 1);
    }
  }
  return size;

  function nextSize(size: number): number {
    return badEnd > at ? Math.max((badEnd - at) >> 1, blockMin - 1) : size * 2;
  }
}

/** Any one will do; none that is unsound by its form, which says nothing about the others. */
function probeIsBad(start: number, end: number, { isSound, single }: Checker): boolean {
  const number = start + Math.floor(Math.random() * (end - start));
  return isSound(number) && !single(number);
}

/** Returns how many are sound and yet invalid. */
function checkSingly(start: number, end: number, checker: Checker, valid: Uint8Array): number {
  let bad = 0;
  for (let number = start; number < end; number++) {
    const isSound = checker.isSound(number);
    const isValid = isSound && checker.single(number);
    valid[number] = isValid ? 1 : 0;
    if (isSound && !isValid) bad += 1;
  }
  return bad;
}
