/**
 * The search for an order that explains a part of a history: Wing and Gong's, with Lowe's memory of where it has been.
 *
 * Operations of unknown outcome never return, so each could stand anywhere after its call, and their subsets alone would
 * be too many. Two thoughts keep them few. They are tried last. And in any order that explains the history, one of them can be
 * moved behind its successor as long as that changes nothing: so only orders are looked at in which each matters to the
 * one behind it, and of two that do not matter to each other the one called first stands first.
 */

import type { Event } from "./event-list.ts";
import { eventList, putBack, takeOut } from "./event-list.ts";
import type { History, Model, Operation } from "./operation.ts";

export type Found<Input, Output> =
  | { readonly result: "linearizable" | "unknown"; readonly steps: number }
  | {
      readonly result: "not linearizable";
      readonly steps: number;
      /** The end of the longest order found, at most `shownMax` operations. */
      readonly placed: readonly Operation<Input, Output>[];
      /** What returned first of all that fit nowhere behind it. */
      readonly stuck: Operation<Input, Output> | undefined;
    };

const stepsBetweenLooks = 256;
const shownMax = 20;

/** Ends with `unknown` when `deadline`, on the clock of `performance.now`, is over. */
export function searchOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  deadline: number,
): Found<Input, Output> {
  type Known = Event<Input, Output>;
  /** `lost` is the place among the operations of unknown outcome. */
  type Placed = { readonly operation: Operation<Input, Output>; readonly before: State } & (
    | { readonly event: Known; readonly lost?: undefined }
    | { readonly lost: number }
  );
  const known = history.filter(({ output }) => output !== undefined);
  const lost = history.filter(({ output }) => output === undefined).sort((a, b) => a.calledAt - b.calledAt);
  if (known.length === 0) return { result: "linearizable", steps: 0 };
  const head = eventList(known);
  const isPlaced = lost.map(() => false);
  const [low, high] = [marks(history.length, 0x9e3779b9), marks(history.length, 0x85ebca6b)];
  const seen = new Set<string>();
  const placed: Placed[] = [];
  let longest: readonly Operation<Input, Output>[] = [];
  let longestCount = -1;
  let stuck: Operation<Input, Output> | undefined;
  let state = model.initial;
  let missing = known.length;
  let [setLow, setHigh] = [0, 0];
  let event = head.next;
  let nextLost = 0;
  let steps = 0;

  function mark(number: number): void {
    setLow ^= low[number] ?? 0;
    setHigh ^= high[number] ?? 0;
  }

  /** Places an operation behind the others, if that leads where the search has not been. */
  function place({ input, output }: Operation<Input, Output>, number: number, asLost: number | undefined): boolean {
    const after = model.step(state, input, output);
    if (after === undefined) return false;
    const keyAfter = model.keyOf(after);
    if (asLost !== undefined && keyAfter === model.keyOf(state)) return false;
    if (movesBack(input, output, keyAfter, asLost)) return false;
    mark(number);
    // The set by 64 bits of a hash: two sets alike would hide an order, so they may raise an alarm, never hide a fault.
    // Behind an unknown outcome not everything is tried, so such a visit is one of its own.
    const key = `${setLow} ${setHigh} ${asLost ?? ""} ${keyAfter}`;
    if (seen.has(key)) {
      mark(number);
      return false;
    }
    seen.add(key);
    state = after;
    event = head.next;
    nextLost = 0;
    return true;
  }

  /** Whether the operation could as well stand before the one of unknown outcome that was placed last. */
  function movesBack(input: Input, output: Output | undefined, keyAfter: string, asLost: number | undefined): boolean {
    const last = placed.at(-1);
    if (last?.lost === undefined || (asLost !== undefined && asLost > last.lost)) return false;
    const first = model.step(last.before, input, output);
    const second = first === undefined ? undefined : model.step(first, last.operation.input, undefined);
    return second !== undefined && model.keyOf(second) === keyAfter;
  }

  /** Takes the last one away; the search goes on with what comes after it. */
  function goBack(): boolean {
    const last = placed.pop();
    if (last === undefined) return false;
    state = last.before;
    if (last.lost === undefined) {
      putBack(last.event);
      mark(last.event.number);
      missing++;
      event = last.event.next;
      nextLost = 0;
    } else {
      isPlaced[last.lost] = false;
      mark(known.length + last.lost);
      event = head.next;
      while (event?.ending !== undefined) event = event.next;
      nextLost = last.lost + 1;
    }
    return true;
  }

  // What nobody saw return need not have happened: all others placed is enough.
  while (missing > 0) {
    if (++steps % stepsBetweenLooks === 0 && performance.now() > deadline) return { result: "unknown", steps };
    const before = state;
    if (event?.ending !== undefined) {
      const call: Known = event;
      if (place(call.operation, call.number, undefined)) {
        placed.push({ operation: call.operation, event: call, before });
        takeOut(call);
        event = head.next;
        missing--;
      } else event = call.next;
      continue;
    }
    // A return of something not placed: whatever was called later comes too late.
    const operation = lost[nextLost];
    if (operation !== undefined && event !== undefined && operation.calledAt <= event.operation.returnedAt) {
      const number = nextLost++;
      if (isPlaced[number] === false && place(operation, known.length + number, number)) {
        isPlaced[number] = true;
        placed.push({ operation, lost: number, before });
      }
      continue;
    }
    if (placed.length > longestCount) {
      longestCount = placed.length;
      longest = placed.slice(-shownMax).map((one) => one.operation);
      stuck = event?.operation;
    }
    if (!goBack()) return { result: "not linearizable", steps, placed: longest, stuck };
  }
  return { result: "linearizable", steps };
}

/** A pseudo-random word for each operation, by the finalizer of MurmurHash3. */
function marks(count: number, seed: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ seed;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  });
}
