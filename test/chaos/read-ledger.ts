/** The commands in a node's store, in order, and which of them took effect. */
import { openForAudit } from "../../ledger/audit-source.ts";
import { countOf, segmentNames, segmentRowOf, storedCommandAt } from "../../ledger/segment-row.ts";
import { open } from "../../wire/envelope.ts";
import type { Digest } from "../../wire/types.ts";

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

/** Ids this far below a client's highest take no effect any more: docs/protocol.md, Clients. */
const windowWidth = 16_384;

/** The entries that took effect: of each request the first. Told by the protocol's text, not by the nodes' code. */
export function effective(entries: readonly Entry[]): readonly Entry[] {
  const seen = new Set<string>();
  const highest = new Map<number, number>();
  return entries.filter(({ client, request }) => {
    const top = highest.get(client) ?? 0;
    const id = `${client} ${request}`;
    if (request <= top - windowWidth || seen.has(id)) return false;
    seen.add(id);
    highest.set(client, Math.max(top, request));
    return true;
  });
}
