/** Reads what a node starts from, with every row checked on the way. */
import type { Durable } from "../wire/durable.ts";
import type { Segment } from "../wire/entries.ts";
import type { LogIndex, Outcome } from "../wire/types.ts";
import { type CheckOptions, checkStore } from "./check-store.ts";
import { sliced } from "./log-rows.ts";
import { segmentOf } from "./segment-row.ts";

/** Durable state; the reason of a refusal names the first wrong index where the log is wrong. Never throws on content. */
export function loadDurable(options: CheckOptions): Outcome<Durable> {
  try {
    return checkedDurable(options);
  } catch (error) {
    // SQLite reports a page that it cannot make sense of by throwing.
    return { ok: false, reason: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function checkedDurable(options: CheckOptions): Outcome<Durable> {
  const checked = checkStore(options);
  if ("reason" in checked) {
    const { index, reason } = checked;
    return { ok: false, reason: index === 0 ? reason : `index ${index}: ${reason}` };
  }
  const { state, commit, displaced } = checked;
  const tail: Segment[] = [];
  for (const { row, leaves } of checked.tailRows) {
    const segment = segmentOf(row, leaves, options.owner.cluster, options.allocate);
    if (!segment.ok) return segment;
    tail.push(sliced(segment.value, (state.commitIndex + 1) as LogIndex, row.last));
  }
  const { term, vote, lock, acknowledged } = state;
  return { ok: true, value: { term, vote, lock, acknowledged, commit, tail, displaced } };
}
