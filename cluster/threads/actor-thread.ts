/** Entry of every actor's thread: runs the named actor with its real I/O, and nothing else is loaded. */
import { workerData } from "node:worker_threads";
import { expose } from "comlink";
import type { ActorName } from "../../actors/mailbox.ts";
import { nameThread } from "../../pools/name-thread.ts";
import type { Boot, Control } from "./boot.ts";
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

const boot: Boot = workerData;
nameThread(`${boot.setup.name}/${boot.actor}`);
const { host } = await hosts[boot.actor]();
expose(await host(boot), endpointOf(boot.control));
