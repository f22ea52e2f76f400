/** From a store's start to its end, however that comes; see recorded-life.ts. */
export type Life =
  | "killed after its history"
  | "stopped in order"
  | "killed after a flood"
  | "killed, without syncs"
  | "ended by a failing sync of the log"
  | "killed at a failing sync of the log"
  | "ended by a failing sync of the database";
