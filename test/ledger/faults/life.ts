/** From a store's start to its end, however that comes; see recorded-life.ts. */
export type Life = "killed after its history" | "stopped in order" | "killed after a flood" | "killed, without syncs";
