/** Puts together what a node tells of itself from what its actors tell. */
import type { ActorName } from "../actors/mailbox.ts";
import type { MailboxStatus, NodeStatus, PeerStatus } from "./control.ts";
import type { ActorStatus, NodeSetup } from "./threads/boot.ts";
import { actorNames } from "./threads/layout.ts";

export function nodeStatus(
  setup: NodeSetup,
  startedMs: number,
  actors: Record<ActorName, ActorStatus>,
  peers: readonly PeerStatus[],
): NodeStatus {
  const facts: Record<string, unknown> = { ...actors.consensus.facts, ...actors.applier.facts };
  const cpu = process.cpuUsage();
  const verifier = Object(Object(actors.receiver.facts).verifier);
  return {
    name: setup.name,
    id: setup.self,
    pid: process.pid,
    role: facts.role === "leader" || facts.role === "candidate" ? facts.role : "follower",
    term: numberOf(facts.term),
    leader: typeof facts.leader === "number" ? facts.leader : null,
    commitIndex: numberOf(facts.commitIndex),
    appliedIndex: numberOf(facts.appliedIndex),
    lastIndex: numberOf(facts.lastIndex),
    logHash: String(facts.logHash),
    stateHash: String(facts.stateHash),
    uptimeMs: Date.now() - startedMs,
    cpuMs: Math.round((cpu.user + cpu.system) / 1000),
    rssBytes: process.memoryUsage.rss(),
    mailboxes: mailboxesOf(setup, actors),
    counters: {
      ...Object.fromEntries(actorNames.map((name) => [name, actors[name].counters])),
      verifier: numbersOf(verifier),
      store: numbersOf(actors.log.facts),
    },
    rejects: numbersOf(Object(Object(actors.receiver.facts).rejects)),
    peers,
  };
}

/** Mail on its way to each actor; a mailbox holds at most `mailboxMax` from each other actor, the rest waits there. */
function mailboxesOf(setup: NodeSetup, actors: Record<ActorName, ActorStatus>): Record<string, MailboxStatus> {
  const mailboxes: Record<string, MailboxStatus> = {};
  for (const name of actorNames) {
    let depth = 0;
    let senders = 0;
    for (const other of actorNames) {
      const edge = actors[other].edges[name];
      if (edge === undefined) continue;
      senders++;
      const done = actors[name].edges[other]?.toReturn ?? 0;
      // The two ends are asked one after the other: what moved in between must not show as less than nothing.
      depth += Math.max(0, edge.inMailbox - done) + edge.waiting;
    }
    mailboxes[name] = { depth, max: senders * setup.mailboxMax };
  }
  const { lanes, credit } = Object(actors.receiver.facts);
  for (const [lane, depth] of Object.entries(numbersOf(Object(lanes)))) {
    mailboxes[`receiver lane ${lane}`] = { depth, max: 4096 };
  }
  const waiting = setup.commandsWaitingMax - numberOf(credit);
  mailboxes["consensus waiting room"] = { depth: Math.max(0, waiting), max: setup.commandsWaitingMax };
  return mailboxes;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function numbersOf(facts: object): Record<string, number> {
  return Object.fromEntries(
    Object.entries(facts).filter((pair): pair is [string, number] => typeof pair[1] === "number"),
  );
}
