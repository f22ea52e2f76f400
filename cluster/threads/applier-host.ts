/** Runs the applier, with the demo's ledger and the contracts as its state machine. */
import { describe, receive, start } from "../../actors/applier.ts";
import type { Mailbox } from "../../actors/mailbox.ts";
import { runShell } from "../../actors/shell.ts";
import type { LogIndex } from "../../wire/types.ts";
import { createNodeChain } from "../node-chain.ts";
import type { ApplierControl, Boot } from "./boot.ts";

export function host({ setup, ports }: Boot): ApplierControl {
  const { cluster, validators, clients } = setup;
  const machine = createNodeChain({ cluster, validators: validators.keys(), clients });
  let timer: NodeJS.Timeout | undefined;
  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => shell.deliver({ kind: "later" }), ms);
  };
  const state = start({ appliedIndex: 0 as LogIndex }, { machine, now: () => performance.now(), later });
  const waiters: { index: LogIndex; resolve: () => void }[] = [];
  const behaviour = {
    receive: (mail: Mailbox["applier"]) => {
      const posts = receive(state, mail);
      while (waiters[0] !== undefined && waiters[0].index <= state.appliedIndex) waiters.shift()?.resolve();
      return posts;
    },
    drained: { kind: "drained" } as const,
  };
  const shell = runShell<"applier">({ ports, behaviour, mailboxMax: setup.mailboxMax });
  return {
    appliedThrough: (index) =>
      state.appliedIndex >= index ? Promise.resolve() : new Promise((resolve) => waiters.push({ index, resolve })),
    clockShown: async () => machine.clockShown(setup.self),
    status: async () => ({ edges: shell.status(), counters: state.counters, facts: describe(state) }),
    stop: async () => {
      clearTimeout(timer);
      shell.close();
    },
  };
}
