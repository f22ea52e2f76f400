/** A row of choices, each a small whole number: what is made of them is shrunk by shrinking them, whatever it is. */

export type Choices = {
  /**
   * A whole number from 0 to `most`; 0 stands for the simplest choice. All are as likely, unless `draw` makes one of numbers from 0 up
   * to 1.
   */
  readonly choose: (most: number, draw?: (random: () => number) => number) => number;
  /** What was chosen so far. */
  readonly made: readonly number[];
};

/** New choices, always the same from the same seed. */
export function chooseBySeed(seed: number): Choices {
  const next = mulberry(seed);
  return choicesOf((most, draw) => (draw === undefined ? Math.floor(next() * (most + 1)) : draw(next)));
}

/** The choices of before; after their end always the simplest. */
export function chooseAgain(before: readonly number[]): Choices {
  let at = 0;
  return choicesOf((most) => Math.min(before[at++] ?? 0, most));
}

function choicesOf(one: Choices["choose"]): Choices {
  const made: number[] = [];
  return {
    made,
    choose: (most, draw) => {
      const chosen = one(most, draw);
      made.push(chosen);
      return chosen;
    },
  };
}

/** Mulberry32: numbers from 0 up to 1. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Seeds of the runs that one seed stands for. */
export function seedOfRun(seed: number, run: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(run, 0xc2b2ae35)) >>> 0;
}

/** Tries at most. */
const triesMax = 2000;

/** The simplest choices found that still fail: shorter first, then smaller. `made` fails. */
export function shrink(made: readonly number[], fails: (choices: Choices) => boolean): readonly number[] {
  let best = made;
  let tries = 0;
  const attempt = (candidate: readonly number[]): boolean => {
    if (tries >= triesMax) return false;
    tries++;
    const choices = chooseAgain(candidate);
    if (!fails(choices)) return false;
    // As many as were asked for.
    const used = trimmed(choices.made);
    if (!isSimpler(used, best)) return false;
    best = used;
    return true;
  };
  for (let before: readonly number[] = []; before !== best && tries < triesMax; ) {
    before = best;
    for (let size = Math.min(8, best.length); size > 0; size = size >> 1) {
      for (let at = 0; at + size <= best.length; ) {
        if (!attempt([...best.slice(0, at), ...best.slice(at + size)])) at++;
      }
    }
    for (let at = 0; at < best.length; at++) lower(best, at, (value) => attempt(best.with(at, value)));
  }
  return best;
}

/** The least number at a place, by halving. */
function lower(choices: readonly number[], at: number, attempt: (value: number) => boolean): void {
  let [low, high] = [0, choices[at] ?? 0];
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (attempt(middle)) high = middle;
    else low = middle + 1;
  }
}

function trimmed(choices: readonly number[]): readonly number[] {
  return choices.slice(0, choices.findLastIndex((one) => one > 0) + 1);
}

function isSimpler(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  const at = a.findIndex((one, i) => one !== b[i]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
