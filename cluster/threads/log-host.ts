/** Runs the log, with its SQLite file. */
import { receive, type State, start } from "../../actors/log.ts";
import type { Mailbox } from "../../actors/mailbox.ts";
import { runShell } from "../../actors/shell.ts";
import { openStore, type Store } from "../../ledger/store.ts";
import { loadEngine } from "../../pools/engine.ts";
import { lastOf } from "../../wire/entries.ts";
import { decodeGenesis } from "../../wire/genesis.ts";
import type { LogIndex } from "../../wire/types.ts";
import type { Boot, LogControl } from "./boot.ts";

/** Entries sent at once to one who catches up: as many as a verifier's thread checks in a tenth of a second. */
const chunkCommandsMax = 1024;
/** Entries replayed at once. */
const replayCommandsMax = 8192;

export function host({ setup, ports }: Boot): LogControl {
  let store: Store | undefined;
  let state: State | undefined;
  const behaviour = {
    receive: (mail: Mailbox["log"]) => {
      if (state === undefined) throw new Error(`mail before the store is open: ${mail.kind}`);
      return receive(state, mail);
    },
    drained: { kind: "drained" } as const,
  };
  const shell = runShell<"log">({ ports, behaviour, mailboxMax: setup.mailboxMax });

  return {
    open: async () => {
      const genesis = decodeGenesis(setup.genesis);
      if (!genesis.ok) return genesis;
      const engine = await loadEngine(setup.engine);
      const opened = openStore({
        file: setup.storeFile,
        genesis: genesis.value,
        node: setup.self,
        create: setup.createStore,
        verify: engine.verify,
        allocate: (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)),
      });
      if (!opened.ok) return opened;
      store = opened.value;
      state = start({ chunkCommandsMax }, { store });
      return store.load();
    },
    replay: async (from, to) => {
      if (store === undefined) throw new Error("replay before the store is open");
      const end = Math.min(to, from + replayCommandsMax - 1) as LogIndex;
      const segments = store.read(from, end);
      shell.send({ to: "applier", mail: { kind: "replay", segments } });
      shell.send({ to: "consensus", mail: { kind: "replayed", segments } });
      const last = segments.at(-1);
      if (last === undefined) throw new Error(`the store has no entry ${from}`);
      return lastOf(last);
    },
    status: async () => ({ edges: shell.status(), counters: state?.counters ?? {}, facts: store?.stats() ?? {} }),
    stop: async () => {
      if (state !== undefined) receive(state, { kind: "drained" });
      shell.close();
      store?.close();
    },
  };
}
