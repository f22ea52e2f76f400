/** Every row of the liars' table, in the order of their ids. */
import type { Row } from "./behaviour.ts";
import { beyond } from "./rows/beyond.ts";
import { clients } from "./rows/clients.ts";
import { entrances } from "./rows/entrances.ts";
import { forgers } from "./rows/forgers.ts";
import { leaders } from "./rows/leaders.ts";
import { memory } from "./rows/memory.ts";
import { voters } from "./rows/voters.ts";
import { waiting } from "./rows/waiting.ts";

export const rows: readonly Row[] = [
  ...leaders,
  ...voters,
  ...forgers,
  ...clients,
  ...memory,
  ...entrances,
  ...beyond,
  ...waiting,
].toSorted((a, b) => (placeOf(a.id) < placeOf(b.id) ? -1 : 1));

/** Ids that are tried under another one. */
export const sameAs: Readonly<Record<string, string>> = {
  A2: "B13 and B14",
  A4: "B01 and B01q, at n = 4, 5, 7, 10",
  A8: "B12",
  A13: "B23",
};

/** B before A, then by number. */
function placeOf(id: string): string {
  return `${id.startsWith("B") ? 0 : 1} ${id.slice(1).padStart(4, "0")} ${id}`;
}
