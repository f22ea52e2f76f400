/**
 * One end of an edge between two actors: over a MessagePort where they live on two threads, and by hand where they share
 * one. Either way parcels arrive in order, and never inside the call that posted them.
 *
 * What is posted belongs to both sides from then on, so nobody may change it: between threads it is copied (shared memory
 * is not), on one thread it is not.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/** What travels over an edge: mail, or room in the mailbox again. */
export type Parcel = { readonly mails: readonly unknown[] } | { readonly credit: number };

export type Port = {
  readonly post: (parcel: Parcel) => void;
  /** The next parcel that has come, if any. */
  readonly take: () => Parcel | undefined;
  /** Calls the listener, of which there is one, with each parcel that nobody took, soon after it has come. */
  readonly onParcel: (listener: (parcel: Parcel) => void) => void;
  /** Parcels after that are lost. */
  readonly close: () => void;
};

export function threadPort(port: MessagePort): Port {
  return {
    post: (parcel) => port.postMessage(parcel),
    take: () => receiveMessageOnPort(port)?.message,
    onParcel: (listener) => port.on("message", listener),
    close: () => port.close(),
  };
}

/** The two ends of an edge between actors on one thread: a parcel costs a microtask, not a wake-up and a copy. */
export function localPorts(): readonly [Port, Port] {
  const [a, b] = [createInbox(), createInbox()];
  return [portOf(a, b), portOf(b, a)];
}

type Inbox = { parcels: Parcel[]; listener: ((parcel: Parcel) => void) | undefined; due: boolean; closed: boolean };

function createInbox(): Inbox {
  return { parcels: [], listener: undefined, due: false, closed: false };
}

function portOf(own: Inbox, other: Inbox): Port {
  return {
    post: (parcel) => {
      if (other.closed || own.closed) return;
      other.parcels.push(parcel);
      wake(other);
    },
    take: () => own.parcels.shift(),
    onParcel: (listener) => {
      own.listener = listener;
      if (own.parcels.length > 0) wake(own);
    },
    close: () => {
      own.closed = true;
      own.parcels = [];
    },
  };
}

function wake(inbox: Inbox): void {
  if (inbox.due || inbox.listener === undefined) return;
  inbox.due = true;
  queueMicrotask(() => {
    inbox.due = false;
    const parcel = inbox.parcels.shift();
    if (parcel === undefined) return;
    // The listener's own work may bring more for this inbox; it takes what it can, and the rest has its turn.
    if (inbox.parcels.length > 0) wake(inbox);
    inbox.listener?.(parcel);
  });
}
