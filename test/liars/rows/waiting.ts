/** Rows whose subject the protocol does not have yet, and what stands for them meanwhile. */
import type { Waiting } from "../behaviour.ts";

export const waiting: readonly Waiting[] = [
  {
    how: "waits",
    id: "B22",
    family: "memory",
    name: "a node whose state differs from the others'",
    mustObserve: "it is detected and stands by; its answers never win",
    why: "there are no checkpoints yet; that its answers do not win is B23",
  },
  {
    how: "waits",
    id: "B34",
    family: "memory",
    name: "an old key after its rotation; a new key before its index",
    mustObserve: "refused by the table of keys at that index",
    why: "keys cannot be changed yet",
  },
];
