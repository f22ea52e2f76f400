/** A thread that sends back every parcel: for measuring a hop between two threads. */
import { type MessagePort, workerData } from "node:worker_threads";
import { threadPort } from "../actors/port.ts";

const { port }: { readonly port: MessagePort } = workerData;
const own = threadPort(port);
own.onParcel((parcel) => own.post(parcel));
