/** The pool's waiting room: a queue for each lane, lower lanes first. */
import { FixedQueue, queueOptionsSymbol, type TaskQueue } from "piscina";
import type { Lane } from "./verifier.ts";

type Task = Parameters<TaskQueue["push"]>[0];

/** Makes a task waitable in a lane; the mark stays on this thread, since symbols are not posted. */
export function inLane<T extends object>(task: T, lane: Lane): T {
  return Object.assign(task, { [queueOptionsSymbol]: { lane } });
}

export class LaneQueue implements TaskQueue {
  readonly #lanes: readonly [FixedQueue, FixedQueue, FixedQueue] = [
    new FixedQueue(),
    new FixedQueue(),
    new FixedQueue(),
  ];

  get size(): number {
    const [votes, entries, commands] = this.sizes;
    return votes + entries + commands;
  }

  get sizes(): readonly [number, number, number] {
    const [votes, entries, commands] = this.#lanes;
    return [votes.size, entries.size, commands.size];
  }

  shift(): Task | null {
    const [votes, entries, commands] = this.#lanes;
    return votes.shift() ?? entries.shift() ?? commands.shift();
  }

  push(task: Task): void {
    this.#lanes[laneOf(task)].push(task);
  }

  /** Puts back what was taken too early, before all others of its lane. */
  unshift(task: Task): void {
    this.#lanes[laneOf(task)].unshift(task);
  }

  remove(task: Task): void {
    this.#lanes[laneOf(task)].remove(task);
  }
}

function laneOf(task: Task): Lane {
  const options = task[queueOptionsSymbol];
  const lane = options !== null && "lane" in options ? options.lane : undefined;
  if (lane === 0 || lane === 1 || lane === 2) return lane;
  throw new Error("a task of the verifier has no lane");
}
