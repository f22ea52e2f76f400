/**
 * The shell that runs one behaviour on its thread: pumps mail from the ports of other actors into `receive`, and posts
 * what it returns to theirs.
 *
 * An edge between two actors is one port in both directions (see port.ts). Mail travels in batches, one hop however many pieces;
 * it has credit, so that a mailbox holds at most `mailboxMax` pieces from each other actor. What has no credit waits at
 * its sender, who is told by `congested`; more than `overflowMax` there is a broken promise, and ends the node.
 */
import type { ActorName, Mailbox, Post } from "./mailbox.ts";
import type { Parcel, Port } from "./port.ts";

export type Behaviour<Name extends ActorName> = {
  readonly receive: (mail: Mailbox[Name]) => readonly Post[];
  /** Handed to `receive` each time no more mail waits. */
  readonly drained?: Mailbox[Name];
  /** Told when mail to others begins to wait for credit, and when none does any more. */
  readonly congested?: (congested: boolean) => void;
};

export type ShellConfig<Name extends ActorName> = {
  readonly ports: ReadonlyMap<ActorName, Port>;
  readonly behaviour: Behaviour<Name>;
  /** Pieces of mail in a mailbox from one other actor. */
  readonly mailboxMax: number;
};

/** Load of one edge, as its sender sees it. */
export type EdgeStatus = {
  /** Pieces sent whose credit has not come back. */
  readonly inMailbox: number;
  /** Pieces without credit. */
  readonly waiting: number;
  readonly sent: number;
  /** Pieces received and done with whose credit has not been sent back yet. */
  readonly toReturn: number;
};

export type Shell<Name extends ActorName> = {
  /** Mail from this actor's own I/O. */
  readonly deliver: (mail: Mailbox[Name]) => void;
  /** Mail to another actor that no mail gave rise to. */
  readonly send: (post: Post) => void;
  readonly status: () => Record<string, EdgeStatus>;
  /** Closes the ports; mail after that is lost. */
  readonly close: () => void;
};

type Edge = { readonly port: Port; waiting: unknown[]; inMailbox: number; sent: number; toReturn: number };

/** Pieces that wait for credit: far more than the protocol's windows allow. */
const overflowMax = 262_144;
/** Rounds over all ports before sockets and timers get their turn. */
const roundsMax = 16;

export function runShell<Name extends ActorName>(config: ShellConfig<Name>): Shell<Name> {
  const { behaviour, mailboxMax } = config;
  const edges = new Map<ActorName, Edge>();
  let flushing = false;
  let congested = false;
  let closed = false;

  function post({ to, mail }: Post): void {
    const edge = edges.get(to);
    if (edge === undefined) throw new Error(`no way to ${to}`);
    edge.waiting.push(mail);
    if (edge.waiting.length > overflowMax) throw new Error(`mail to ${to} overflows: ${overflowMax} pieces wait`);
  }

  function handle(mail: Mailbox[Name]): void {
    for (const one of behaviour.receive(mail)) post(one);
  }

  function open(edge: Edge, parcel: Parcel): void {
    if ("credit" in parcel) {
      edge.inMailbox -= parcel.credit;
      return;
    }
    edge.toReturn += parcel.mails.length;
    // What the other side's `Post` type let through is what this side accepts.
    for (const mail of parcel.mails) handle(mail as Mailbox[Name]);
  }

  /** Takes what waits on all ports, then lets the behaviour finish and posts what came of it. */
  function pump(): void {
    for (let round = 0; round < roundsMax; round++) {
      let any = false;
      for (const edge of edges.values()) {
        const parcel = edge.port.take();
        if (parcel === undefined) continue;
        any = true;
        open(edge, parcel);
      }
      if (!any) break;
    }
    finish();
  }

  function finish(): void {
    if (closed) return;
    if (behaviour.drained !== undefined) handle(behaviour.drained);
    flush();
  }

  function flush(): void {
    flushing = false;
    if (closed) return;
    let waits = false;
    for (const edge of edges.values()) {
      // In bulk: each parcel wakes a thread, and credit is needed only before it runs out.
      if (edge.toReturn >= mailboxMax / 4) {
        edge.port.post({ credit: edge.toReturn });
        edge.toReturn = 0;
      }
      const room = mailboxMax - edge.inMailbox;
      if (edge.waiting.length > 0 && room > 0) {
        const mails = edge.waiting.splice(0, room);
        edge.inMailbox += mails.length;
        edge.sent += mails.length;
        edge.port.post({ mails });
      }
      waits ||= edge.waiting.length > 0;
    }
    if (waits !== congested) {
      congested = waits;
      behaviour.congested?.(waits);
    }
  }

  for (const [name, port] of config.ports) {
    const edge: Edge = { port, waiting: [], inMailbox: 0, sent: 0, toReturn: 0 };
    edges.set(name, edge);
    port.onParcel((parcel) => {
      if (closed) return;
      open(edge, parcel);
      pump();
    });
  }

  return {
    deliver: (mail) => {
      if (closed) return;
      handle(mail);
      if (flushing) return;
      // One parcel for all that the sockets brought in this turn of the event loop: each one wakes a thread.
      flushing = true;
      setImmediate(finish);
    },
    send: (mail) => {
      post(mail);
      flush();
    },
    status: () =>
      Object.fromEntries(
        [...edges].map(([name, { inMailbox, waiting, sent, toReturn }]) => [
          name,
          { inMailbox, waiting: waiting.length, sent, toReturn },
        ]),
      ),
    close: () => {
      closed = true;
      for (const { port } of edges.values()) port.close();
    },
  };
}
