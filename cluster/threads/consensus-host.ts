/** Runs consensus, with a clock. */
import { describe, letGo, receive, type State, start } from "../../actors/consensus.ts";
import type { Mailbox } from "../../actors/mailbox.ts";
import { runShell } from "../../actors/shell.ts";
import type { Config as CoreConfig } from "../../consensus/state.ts";
import { sha256 } from "../../pools/sha256.ts";
import type { Boot, ConsensusControl, NodeSetup } from "./boot.ts";

export function host({ setup, ports, notes }: Boot): ConsensusControl {
  let state: State | undefined;
  let clock: NodeJS.Timeout | undefined;
  const behaviour = {
    receive: (mail: Mailbox["consensus"]) => {
      if (state === undefined) throw new Error(`mail before the beginning: ${mail.kind}`);
      return receive(state, mail);
    },
  };
  const shell = runShell<"consensus">({ ports, behaviour, mailboxMax: setup.mailboxMax });
  const io = {
    note: (level: "info" | "warn", text: string, facts: object) => notes.postMessage({ level, text, facts }),
    forgotten: (what: string) => {
      throw new Error(
        `the store is older than what this node has signed: peers have ${what}. It is an old backup, or another process ` +
          "uses this key. Put the newest store back, and never start this one again",
      );
    },
  };
  return {
    load: async (durable) => {
      state = start({ core: coreConfig(setup), durable }, io);
    },
    begin: async () => {
      clock = setInterval(() => shell.deliver({ kind: "tick" }), setup.tickMs);
    },
    status: async () => ({
      edges: shell.status(),
      counters: state?.counters ?? {},
      facts: state === undefined ? {} : describe(state),
    }),
    stop: async () => {
      clearInterval(clock);
      if (state !== undefined) for (const post of letGo(state)) shell.send(post);
      shell.close();
    },
  };
}

function coreConfig(setup: NodeSetup): CoreConfig {
  const ticks = (ms: number): number => Math.max(1, Math.round(ms / setup.tickMs));
  return {
    self: setup.self,
    validators: [...setup.validators.keys()],
    genesisHash: setup.cluster,
    heartbeatTicks: ticks(setup.heartbeatMs),
    electionTimeoutTicksMin: ticks(setup.electionTimeoutMs[0]),
    electionTimeoutTicksMax: ticks(setup.electionTimeoutMs[1]),
    candidateDelayTicks: ticks(setup.candidateDelayMs),
    fairnessTimeoutTicks: ticks(setup.fairnessTimeoutMs),
    windowBatches: setup.windowBatches,
    batchDelayTicks: setup.batchDelayMs === 0 ? 0 : ticks(setup.batchDelayMs),
    batchCommandsMax: setup.batchCommandsMax,
    batchBytesMax: setup.batchBytesMax,
    hash: sha256,
    allocate: (bytes) => new Uint8Array(new SharedArrayBuffer(bytes)),
    seed: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  };
}
