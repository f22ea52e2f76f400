/** Calls and returns in order of time, as a list from which an operation is taken when it is placed, and put back. */
import type { History, Operation } from "./operation.ts";

export type Event<Input, Output> = {
  readonly operation: Operation<Input, Output>;
  /** Of the operation in its history, from 0; -1 in the head. */
  readonly number: number;
  /** The operation's return; undefined in a return itself, and in the head. */
  readonly ending: Event<Input, Output> | undefined;
  previous: Event<Input, Output> | undefined;
  next: Event<Input, Output> | undefined;
};

/** The empty head of the list; at one moment, calls come before returns, so those overlap. Needs one operation. */
export function eventList<Input, Output>(history: History<Input, Output>): Event<Input, Output> {
  const [first] = history;
  if (first === undefined) throw new Error("a list without operations");
  const event = (
    operation: Operation<Input, Output>,
    number: number,
    ending?: Event<Input, Output>,
  ): Event<Input, Output> => ({ operation, number, ending, previous: undefined, next: undefined });
  const timed = history.flatMap((operation, number) => {
    const ending = event(operation, number);
    return [
      { at: operation.calledAt, order: 0, event: event(operation, number, ending) },
      { at: operation.returnedAt, order: 1, event: ending },
    ];
  });
  timed.sort((a, b) => (a.at === b.at ? a.order - b.order : a.at - b.at));
  const head = event(first, -1);
  let last = head;
  for (const { event: following } of timed) {
    following.previous = last;
    last.next = following;
    last = following;
  }
  return head;
}

export function takeOut<Input, Output>(call: Event<Input, Output>): void {
  for (const event of [call, call.ending]) {
    if (event?.previous !== undefined) event.previous.next = event.next;
    if (event?.next !== undefined) event.next.previous = event.previous;
  }
}

/** In the opposite order: each one's neighbours are then as they were when it was taken out. */
export function putBack<Input, Output>(call: Event<Input, Output>): void {
  for (const event of [call.ending, call]) {
    if (event?.previous !== undefined) event.previous.next = event;
    if (event?.next !== undefined) event.next.previous = event;
  }
}
