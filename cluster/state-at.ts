/** The state of contracts as it was at an index of the log, made anew from a node's ledger by whoever has a copy of it. */

import { createRequestWindow, mark, type RequestWindow, standingOf } from "../consensus/request-window.ts";
import type { Chain } from "../hopper/chain/chain.ts";
import { type AuditOptions, audit } from "../ledger/audit.ts";
import { sha256 } from "../pools/sha256.ts";
import { commandersOf } from "../wire/commanders.ts";
import { clusterIdOf } from "../wire/genesis.ts";
import type { NodeId, Outcome } from "../wire/types.ts";
import { createNodeChain } from "./node-chain.ts";

export type StateAt = { readonly chain: Chain; readonly index: number };

/**
 * Audits the whole ledger and applies what it has committed up to `at`, or all of it where that is undefined. What is damaged or
 * not committed is refused with the reason.
 */
export function stateAt(options: Omit<AuditOptions, "onCommitted">, at: number | undefined): Outcome<StateAt> {
  const { genesis } = options;
  const chain = createNodeChain({
    cluster: clusterIdOf(sha256, genesis),
    validators: genesis.validators.map(({ id }) => id as NodeId),
    clients: commandersOf(genesis),
  });
  const windows = new Map<number, RequestWindow>();
  const report = audit({
    ...options,
    onCommitted: ({ index, client, request, payload }) => {
      if (at !== undefined && index > at) return;
      const window = windows.get(client) ?? createRequestWindow();
      windows.set(client, window);
      if (standingOf(window, request) !== "fresh") return;
      mark(window, request);
      chain.apply(payload, client, index);
    },
  });
  if (!report.ok) return { ok: false, reason: report.reason };
  if (at !== undefined && at > report.commitIndex) {
    return {
      ok: false,
      reason: `index ${at} is not committed in this ledger; the last one that is: ${report.commitIndex}`,
    };
  }
  return { ok: true, value: { chain, index: at ?? report.commitIndex } };
}
