/** The commands in a node's store, in order, and which of them took effect. */
import { createRequestWindow, mark, type RequestWindow, standingOf } from "../../consensus/request-window.ts";
import { openForAudit } from "../../ledger/audit-source.ts";
import { countOf, segmentNames, segmentRowOf, storedCommandAt } from "../../ledger/segment-row.ts";
import { open } from "../../wire/envelope.ts";
import type { Digest, RequestId } from "../../wire/types.ts";

export type Entry = {
  readonly index: number;
  readonly client: number;
  readonly request: number;
  readonly payload: Uint8Array;
};

/** Of a stopped node's file. Throws where it cannot be read; the audit says more of such a store. */
export function readLedger(file: string, cluster: Digest): readonly Entry[] {
  const source = openForAudit(file);
  if (!source.ok) throw new Error(source.reason);
  try {
    const rows = source.value.db.prepare(`SELECT ${segmentNames} FROM log ORDER BY first`).all();
    return rows.flatMap((columns) => {
      const row = segmentRowOf(columns);
      if (row === undefined) throw new Error(`${file}: a row of the log that is none`);
      return Array.from({ length: countOf(row) }, (_, i): Entry => {
        const opened = open(storedCommandAt(row, i), cluster);
        if (!opened.ok || opened.value.body.$case !== "command") throw new Error(`${file}: no command`);
        const { client, request, payload } = opened.value.body.value;
        return { index: row.first + i, client, request, payload: payload.slice() };
      });
    });
  } finally {
    source.value.close();
  }
}

/** The entries that took effect: of each request the first, as docs/protocol.md says under Clients. */
export function effective(entries: readonly Entry[]): readonly Entry[] {
  const windows = new Map<number, RequestWindow>();
  return entries.filter(({ client, request }) => {
    const window = windows.get(client) ?? createRequestWindow();
    windows.set(client, window);
    if (standingOf(window, request as RequestId) !== "fresh") return false;
    mark(window, request as RequestId);
    return true;
  });
}
