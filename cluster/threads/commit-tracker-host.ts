/** Runs the commit tracker, which has no I/O of its own. */
import { receive, type State, start } from "../../actors/commit-tracker.ts";
import type { Mailbox } from "../../actors/mailbox.ts";
import { runShell } from "../../actors/shell.ts";
import type { LogIndex } from "../../wire/types.ts";
import type { Boot, TrackerControl } from "./boot.ts";

export function host({ setup, ports }: Boot): TrackerControl {
  const { cluster, quorum } = setup;
  let state: State = start({ cluster, quorum, commitIndex: 0 as LogIndex });
  const behaviour = { receive: (mail: Mailbox["commit-tracker"]) => receive(state, mail) };
  const shell = runShell<"commit-tracker">({ ports, behaviour, mailboxMax: setup.mailboxMax });
  return {
    begin: async (commitIndex) => {
      state = start({ cluster, quorum, commitIndex });
    },
    status: async () => ({ edges: shell.status(), counters: state.counters, facts: { open: state.book.counts.size } }),
    stop: async () => shell.close(),
  };
}
