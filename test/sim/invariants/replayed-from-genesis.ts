/**
 * I42, I43: the log of each node, replayed from genesis, gives its state; each request in it takes effect once; and the balances add
 * up to what was paid in.
 */

import { parse } from "../../../hopper/demo/parse.ts";
import { add, formatRational, zero } from "../../../hopper/demo/rational.ts";
import { payloadAt } from "../../../wire/entries.ts";
import { inOrder } from "../../hopper/demo/model-accounts.ts";
import { apply, createLedger, stateHash } from "../../hopper/demo/model-ledger.ts";
import type { SimNode } from "../sim-node.ts";
import { broken, hex, type Invariant } from "../world.ts";

export function replayedFromGenesis(): Invariant {
  const name = "StateHashEqual, Conservation";

  function check(node: SimNode): void {
    if (node.actors === undefined) return;
    const { appliedIndex, io } = node.actors.applier;
    const ledger = createLedger();
    const done = new Set<string>();
    let paidIn = zero;
    for (const { first, entries } of node.disk.segments()) {
      for (let row = 0; row < entries.count && first + row <= appliedIndex; row++) {
        const request = `${entries.clients[row]}/${entries.requests[row]}`;
        if (done.has(request)) continue;
        done.add(request);
        const payload = payloadAt(entries, row);
        const { ok } = apply(ledger, payload);
        const parsed = parse(Buffer.from(payload).toString());
        if (ok && parsed.ok && parsed.command.kind === "adjustAccount") paidIn = add(paidIn, parsed.command.amount);
      }
    }
    if (node.disk.lastIndex() < appliedIndex) return;
    const own = hex(io.machine.stateHash());
    const replayed = hex(stateHash(ledger));
    if (own !== replayed) broken(name, `node ${node.id} is at state ${own}, its log gives ${replayed}`);
    let held = zero;
    for (const { balance } of inOrder(ledger.accounts)) {
      if (balance.n < 0n) broken(name, `an account of node ${node.id} is overdrawn`);
      held = add(held, balance);
    }
    if (formatRational(held) !== formatRational(paidIn)) {
      broken(name, `accounts hold ${formatRational(held)}, ${formatRational(paidIn)} was paid in`);
    }
  }

  return { name, atEnd: ({ nodes }) => nodes.forEach(check) };
}
