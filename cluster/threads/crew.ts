/**
 * The crew of a node: one thread for each actor, wired to those it talks with, and the calls that steer them. The main
 * thread only starts and stops them; mail goes from thread to thread.
 */
import { extname } from "node:path";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { type Remote, wrap } from "comlink";
import type { ActorName } from "../../actors/mailbox.ts";
import type { Boot, Controls, NodeSetup, Note } from "./boot.ts";
import { endpointOf } from "./endpoint.ts";

/** Who talks with whom. */
const edges: readonly (readonly [ActorName, ActorName])[] = [
  ["receiver", "consensus"],
  ["receiver", "commit-tracker"],
  ["receiver", "sender"],
  ["consensus", "log"],
  ["consensus", "sender"],
  ["consensus", "commit-tracker"],
  ["consensus", "applier"],
  ["commit-tracker", "log"],
  ["commit-tracker", "sender"],
  ["log", "sender"],
  ["log", "applier"],
  ["applier", "sender"],
];

export const actorNames: readonly ActorName[] = ["receiver", "consensus", "log", "commit-tracker", "applier", "sender"];

export type Crew = {
  /** Comlink proxies; held here as long as the crew lives, since calls of a collected one are lost. */
  readonly controls: { readonly [Name in ActorName]: Remote<Controls[Name]> };
  /** Rejects, with the reason, when a thread ends that was not told to. */
  readonly failed: Promise<never>;
  /** Ends every thread, told to stop or not. */
  readonly terminate: () => Promise<void>;
};

export function startCrew(setup: NodeSetup, onNote: (note: Note) => void): Crew {
  const ports = new Map<ActorName, Map<ActorName, MessagePort>>(actorNames.map((name) => [name, new Map()]));
  for (const [a, b] of edges) {
    const { port1, port2 } = new MessageChannel();
    ports.get(a)?.set(b, port1);
    ports.get(b)?.set(a, port2);
  }
  let terminating = false;
  const workers: Worker[] = [];
  const mainPorts: MessagePort[] = [];
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever waits for it gets the reason; nobody waiting is no reason to crash.
  failed.catch(() => undefined);

  function hire<Name extends ActorName>(actor: Name): Remote<Controls[Name]> {
    const control = new MessageChannel();
    const notes = new MessageChannel();
    const own = ports.get(actor) ?? new Map();
    const workerData: Boot = { actor, setup, ports: own, notes: notes.port2, control: control.port2 };
    const worker = new Worker(new URL(`./actor-thread${extname(import.meta.filename)}`, import.meta.url), {
      name: `${setup.name}/${actor}`,
      workerData,
      transferList: [...own.values(), notes.port2, control.port2],
    });
    worker.on("error", (error: Error) => reject(new Error(`${actor}: ${error.message}`, { cause: error })));
    worker.on("exit", (code) => {
      if (!terminating) reject(new Error(`${actor}: its thread ended with code ${code}`));
    });
    notes.port1.on("message", onNote);
    workers.push(worker);
    mainPorts.push(notes.port1, control.port1);
    return wrap<Controls[Name]>(endpointOf(control.port1));
  }

  return {
    controls: {
      receiver: hire("receiver"),
      consensus: hire("consensus"),
      log: hire("log"),
      "commit-tracker": hire("commit-tracker"),
      applier: hire("applier"),
      sender: hire("sender"),
    },
    failed,
    terminate: async () => {
      terminating = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
      for (const port of mainPorts) port.close();
    },
  };
}
