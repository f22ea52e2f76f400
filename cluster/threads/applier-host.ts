/** Runs the applier, with the demo's ledger and the contracts as its state machine. */
import { describe, receive, start } from "../../actors/applier.ts";
import type { Mailbox } from "../../actors/mailbox.ts";
import { runShell } from "../../actors/shell.ts";
import { createChain } from "../../hopper/chain/chain.ts";
import type { Engine } from "../../pools/engine.ts";
import { nobleEngine } from "../../pools/noble.ts";
import { oneVerdict } from "../../pools/one-verdict.ts";
import { opensslEngine } from "../../pools/openssl.ts";
import { checkPublicKey } from "../../pools/public-key.ts";
import { sha256 } from "../../pools/sha256.ts";
import { clientIdOf } from "../../wire/commanders.ts";
import { faultyMax } from "../../wire/quorum.ts";
import type { LogIndex } from "../../wire/types.ts";
import type { ApplierControl, Boot } from "./boot.ts";

export function host({ setup, ports }: Boot): ApplierControl {
  const engine = oneVerdict(opensslEngine, nobleEngine);
  // A signature that anybody can make is nobody's.
  const verify: Engine["verify"] = (signature, message, key) =>
    checkPublicKey(key).ok && engine.verify(signature, message, key);
  const signatures = { chain: sha256(setup.genesis), verify };
  const machine = createChain({
    sha256,
    clients: setup.clients,
    signatures,
    validators: new Map([...setup.validators.keys()].map((node) => [clientIdOf(node), node])),
    faulty: faultyMax(setup.validators.size),
  });
  const state = start({ appliedIndex: 0 as LogIndex }, { machine });
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
    stop: async () => shell.close(),
  };
}
