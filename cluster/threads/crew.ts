/**
 * The crew of a node: its actors on their threads, wired to those they talk with, and the calls that steer them. The main
 * thread only starts and stops them; mail goes from actor to actor.
 */
import { extname } from "node:path";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { type Remote, wrap } from "comlink";
import type { ActorName } from "../../actors/mailbox.ts";
import type { Controls, NodeSetup, Note, Seat, ThreadBoot } from "./boot.ts";
import { endpointOf } from "./endpoint.ts";
import { actorNames, edges, threadsOf } from "./layout.ts";

export type Crew = {
  /** Comlink proxies; held here as long as the crew lives, since calls of a collected one are lost. */
  readonly controls: { readonly [Name in ActorName]: Remote<Controls[Name]> };
  /** Rejects, with the reason, when a thread ends that was not told to. */
  readonly failed: Promise<never>;
  /** Ends every thread, told to stop or not. */
  readonly terminate: () => Promise<void>;
};

export function startCrew(setup: NodeSetup, onNote: (note: Note) => void): Crew {
  const plans = threadsOf(setup.layout);
  const threadOf = new Map(plans.flatMap((plan) => plan.actors.map((actor) => [actor, plan] as const)));
  const ports = new Map<ActorName, Map<ActorName, MessagePort>>(actorNames.map((name) => [name, new Map()]));
  for (const [a, b] of edges) {
    if (threadOf.get(a) === threadOf.get(b)) continue;
    const { port1, port2 } = new MessageChannel();
    ports.get(a)?.set(b, port1);
    ports.get(b)?.set(a, port2);
  }
  let terminating = false;
  const mainPorts: MessagePort[] = [];
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever waits for it gets the reason; nobody waiting is no reason to crash.
  failed.catch(() => undefined);

  const seats = new Map(
    actorNames.map((actor) => {
      const control = new MessageChannel();
      const notes = new MessageChannel();
      notes.port1.on("message", onNote);
      mainPorts.push(notes.port1, control.port1);
      const seat: Seat = { actor, ports: ports.get(actor) ?? new Map(), notes: notes.port2, control: control.port2 };
      return [actor, { seat, control: control.port1 }] as const;
    }),
  );

  const workers = plans.map((plan) => {
    const name = `${setup.name}/${plan.name}`;
    const own = plan.actors.flatMap((actor) => seats.get(actor)?.seat ?? []);
    const localEdges = edges.filter((edge) => edge.every((actor) => threadOf.get(actor) === plan));
    const workerData: ThreadBoot = { name, setup, seats: own, localEdges };
    const worker = new Worker(new URL(`./actor-thread${extname(import.meta.filename)}`, import.meta.url), {
      name,
      workerData,
      transferList: own.flatMap((seat) => [...seat.ports.values(), seat.notes, seat.control]),
    });
    worker.on("error", (error: Error) => reject(new Error(`${plan.name}: ${error.message}`, { cause: error })));
    worker.on("exit", (code) => {
      if (!terminating) reject(new Error(`${plan.name}: its thread ended with code ${code}`));
    });
    return worker;
  });

  function steer<Name extends ActorName>(actor: Name): Remote<Controls[Name]> {
    const seat = seats.get(actor);
    if (seat === undefined) throw new Error(`no seat for ${actor}`);
    return wrap<Controls[Name]>(endpointOf(seat.control));
  }

  return {
    controls: {
      receiver: steer("receiver"),
      consensus: steer("consensus"),
      log: steer("log"),
      "commit-tracker": steer("commit-tracker"),
      applier: steer("applier"),
      sender: steer("sender"),
    },
    failed,
    terminate: async () => {
      terminating = true;
      await Promise.all(workers.map((worker) => worker.terminate()));
      for (const port of mainPorts) port.close();
    },
  };
}
