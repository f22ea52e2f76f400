/** What a store gets whose log is of the history already. */
import type { Store } from "../../../ledger/store.ts";
import type { Write } from "../../../wire/durable.ts";
import type { LogIndex, Term } from "../../../wire/types.ts";
import { certificate, headOf, segment } from "../signed-cluster.ts";

/** Four commands more, committed at once. */
export function nextWrite(store: Store, payloadBytes: number): Write[] {
  const before = store.hashAt(store.lastIndex);
  if (before === undefined) throw new Error("assert: the log has a last hash");
  const term = 3 as Term;
  const append = segment(store.lastIndex + 1, before, 4, term, payloadBytes);
  const index = (store.lastIndex + 4) as LogIndex;
  return [{ term, append, acknowledged: { term, index }, commit: certificate("commit", term, index, headOf(append)) }];
}
