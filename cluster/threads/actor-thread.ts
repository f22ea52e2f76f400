/** Entry of every thread: runs the actors that live on it with their real I/O, and nothing else is loaded. */
import { workerData } from "node:worker_threads";
import { expose } from "comlink";
import type { ActorName } from "../../actors/mailbox.ts";
import { localPorts, type Port, threadPort } from "../../actors/port.ts";
import { nameThread } from "../../pools/name-thread.ts";
import type { Boot, Control, ThreadBoot } from "./boot.ts";
import { endpointOf } from "./endpoint.ts";

type Host = (boot: Boot) => Control | Promise<Control>;

const hosts: { readonly [Name in ActorName]: () => Promise<{ host: Host }> } = {
  receiver: () => import("./receiver-host.ts"),
  consensus: () => import("./consensus-host.ts"),
  log: () => import("./log-host.ts"),
  "commit-tracker": () => import("./commit-tracker-host.ts"),
  applier: () => import("./applier-host.ts"),
  sender: () => import("./sender-host.ts"),
};

const { name, setup, seats, localEdges }: ThreadBoot = workerData;
nameThread(name);
const portsOf = new Map<ActorName, Map<ActorName, Port>>();
for (const { actor, ports } of seats) {
  portsOf.set(actor, new Map([...ports].map(([other, port]) => [other, threadPort(port)])));
}
for (const [a, b] of localEdges) {
  const [portOfA, portOfB] = localPorts();
  portsOf.get(a)?.set(b, portOfA);
  portsOf.get(b)?.set(a, portOfB);
}
for (const { actor, notes, control } of seats) {
  const { host } = await hosts[actor]();
  expose(await host({ setup, ports: portsOf.get(actor) ?? new Map(), notes }), endpointOf(control));
}
