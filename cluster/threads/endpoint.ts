/** A MessagePort as Comlink wants to see it: Comlink's own adapter for Node has no types that fit. */
import type { MessagePort } from "node:worker_threads";
import type { Endpoint } from "comlink";

type Listener = Parameters<Endpoint["addEventListener"]>[1];

export function endpointOf(port: MessagePort): Endpoint {
  const wrapped = new Map<Listener, (data: unknown) => void>();
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer as never),
    addEventListener: (_, listener) => {
      const handle = (data: unknown): void => {
        const event = { data } as MessageEvent;
        if (typeof listener === "function") listener(event);
        else listener.handleEvent(event);
      };
      wrapped.set(listener, handle);
      port.on("message", handle);
    },
    removeEventListener: (_, listener) => {
      const handle = wrapped.get(listener);
      if (handle !== undefined) port.off("message", handle);
      wrapped.delete(listener);
    },
    start: () => port.start(),
  };
}
