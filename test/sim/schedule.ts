/** Virtual time: events in order of time, then of being planned. */

export type Schedule = {
  readonly now: () => number;
  /** Plans `run` for `delay` virtual milliseconds from now. */
  readonly after: (delay: number, run: () => void) => void;
  /** Plans `run` for a moment, or for now where that is past. */
  readonly at: (time: number, run: () => void) => void;
  /** Runs the next event; false where none is planned. */
  readonly step: () => boolean;
};

/** Plans `run` for `delay` virtual milliseconds from now on a named way, such as "clock" or "log to sender". */
export type Pace = (way: string, delay: number, run: () => void) => void;

type Planned = { readonly time: number; readonly order: number; readonly run: () => void };

export function createSchedule(): Schedule {
  const heap: Planned[] = [];
  let now = 0;
  let order = 0;

  const before = (a: Planned, b: Planned): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

  function push(item: Planned): void {
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || before(parent, item)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = item;
  }

  function pop(): Planned | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child = right !== undefined && left !== undefined && before(right, left) ? 2 * at + 2 : 2 * at + 1;
      const least = heap[child];
      if (least === undefined || before(last, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return top;
  }

  return {
    now: () => now,
    after: (delay, run) => push({ time: now + delay, order: order++, run }),
    at: (time, run) => push({ time: Math.max(time, now), order: order++, run }),
    step: () => {
      const next = pop();
      if (next === undefined) return false;
      now = next.time;
      next.run();
      return true;
    },
  };
}

/** Things on one way happen in the order they were planned, like mail on one port. */
export function inOrder(schedule: Schedule): Pace {
  const lastOn = new Map<string, number>();
  return (way, delay, run) => {
    const time = Math.max(schedule.now() + delay, lastOn.get(way) ?? 0);
    lastOn.set(way, time);
    schedule.at(time, run);
  };
}
