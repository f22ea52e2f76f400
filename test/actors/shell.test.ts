import { MessageChannel, type MessagePort } from "node:worker_threads";
import test, { type ExecutionContext } from "ava";
import type { ActorName, Mailbox, Post } from "../../actors/mailbox.ts";
import { localPorts, type Port, threadPort } from "../../actors/port.ts";
import { runShell, type Shell } from "../../actors/shell.ts";
import type { ClientId, Digest, LogIndex, RequestId } from "../../wire/types.ts";

const leaf = new Uint8Array(32) as Digest;

/** Mail with a number in it, as consensus sends it to the applier. */
const numbered = (number: number): Post => ({
  to: "applier",
  mail: { kind: "repeat", requests: [{ client: 7 as ClientId, request: number as RequestId, leaf }] },
});
const numberIn = (mail: Mailbox["applier"]): number => (mail.kind === "repeat" ? Number(mail.requests[0]?.request) : 0);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Counts on from where it stopped, so many numbers at a time. */
function counter(): (count: number) => number[] {
  let last = 0;
  return (count) => {
    last += count;
    return range(last - count + 1, last);
  };
}

type Parcel = { readonly mails: readonly Mailbox["applier"][] } | { readonly credit: number };

/** Resolves when the condition holds; rejects where it does not for ten seconds. */
async function until(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > 10_000) throw new Error(`still not so: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Long enough for a port to bring all that it will bring. */
async function aWhile(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

type Far = {
  readonly port: MessagePort;
  readonly arrived: number[];
  readonly parcels: number[];
  readonly giveBack: (mails: number) => void;
};

/** The other end of an edge, held by hand: takes mail and gives no credit back by itself. */
function farEnd(port: MessagePort): Far {
  const arrived: number[] = [];
  const parcels: number[] = [];
  port.on("message", (parcel: Parcel) => {
    if ("credit" in parcel) return;
    arrived.push(...parcel.mails.map(numberIn));
    parcels.push(parcel.mails.length);
  });
  return { port, arrived, parcels, giveBack: (credit) => port.postMessage({ credit }) };
}

type Source = { readonly shell: Shell<"consensus">; readonly far: Far; readonly congested: boolean[] };

/** A shell of consensus that posts so many pieces of mail for each tick as `perTick` says. */
function source(t: ExecutionContext, mailboxMax: number, perTick: number): Source {
  const { port1, port2 } = new MessageChannel();
  const congested: boolean[] = [];
  const next = counter();
  const shell = runShell<"consensus">({
    ports: new Map<ActorName, Port>([["applier", threadPort(port1)]]),
    mailboxMax,
    behaviour: {
      receive: () => next(perTick).map(numbered),
      congested: (now) => congested.push(now),
    },
  });
  const far = farEnd(port2);
  t.teardown(() => {
    shell.close();
    port2.close();
  });
  return { shell, far, congested };
}

const tick = { kind: "tick" } as const;

test("all mail of one turn travels in one parcel, in order", async (t) => {
  const { shell, far } = source(t, 1000, 10);
  for (let i = 0; i < 5; i++) shell.deliver(tick);
  await until(() => far.arrived.length === 50);
  t.deepEqual(far.arrived, range(1, 50));
  t.deepEqual(far.parcels, [50]);
  t.deepEqual(shell.status(), { applier: { inMailbox: 50, waiting: 0, sent: 50, toReturn: 0 } });
});

test("never more than its bound is in another's mailbox; what is given back lets as much more go", async (t) => {
  const { shell, far, congested } = source(t, 8, 30);
  shell.deliver(tick);
  await until(() => far.arrived.length === 8);
  await aWhile();
  t.is(far.arrived.length, 8);
  t.deepEqual(shell.status(), { applier: { inMailbox: 8, waiting: 22, sent: 8, toReturn: 0 } });
  t.deepEqual(congested, [true]);
  far.giveBack(3);
  await until(() => far.arrived.length === 11);
  await aWhile();
  t.is(far.arrived.length, 11);
  far.giveBack(8);
  await until(() => far.arrived.length === 19);
  far.giveBack(8);
  await until(() => far.arrived.length === 27);
  t.deepEqual(congested, [true]);
  far.giveBack(8);
  await until(() => far.arrived.length === 30);
  await until(() => congested.length === 2);
  t.deepEqual(congested, [true, false], "told once each way");
  t.deepEqual(far.arrived, range(1, 30));
  t.deepEqual(far.parcels, [8, 3, 8, 8, 3]);
  t.deepEqual(shell.status(), { applier: { inMailbox: 3, waiting: 0, sent: 30, toReturn: 0 } });
});

for (const [mails, waiting] of [
  [7, 0],
  [8, 0],
  [9, 1],
] as const) {
  test(`${mails} pieces of mail into a mailbox of 8: ${waiting} wait`, async (t) => {
    const { shell, far, congested } = source(t, 8, mails);
    shell.deliver(tick);
    await until(() => far.arrived.length === mails - waiting);
    t.is(shell.status().applier?.waiting, waiting);
    t.deepEqual(congested, waiting > 0 ? [true] : []);
  });
}

const wayBetween: { readonly [way: string]: () => readonly [Port, Port] } = {
  "two threads": () => {
    const { port1, port2 } = new MessageChannel();
    return [threadPort(port1), threadPort(port2)];
  },
  "one thread": localPorts,
};

for (const [way, ports] of Object.entries(wayBetween)) {
  test(`between two shells of ${way} mail keeps its order, and credit returns by itself`, async (t) => {
    const [port1, port2] = ports();
    const events: (number | "drained")[] = [];
    let inFlightMax = 0;
    const next = counter();
    const consensus = runShell<"consensus">({
      ports: new Map<ActorName, Port>([["applier", port1]]),
      mailboxMax: 16,
      behaviour: { receive: () => next(7).map(numbered) },
    });
    const applier = runShell<"applier">({
      ports: new Map<ActorName, Port>([["consensus", port2]]),
      mailboxMax: 16,
      behaviour: {
        receive: (mail) => {
          events.push(mail.kind === "drained" ? "drained" : numberIn(mail));
          inFlightMax = Math.max(inFlightMax, consensus.status().applier?.inMailbox ?? 0);
          return [];
        },
        drained: { kind: "drained" },
      },
    });
    t.teardown(() => {
      consensus.close();
      applier.close();
    });
    for (let i = 0; i < 100; i++) consensus.deliver(tick);
    await until(() => events.includes(700));
    // Credit comes back in bulk: a quarter of the mailbox may be kept.
    await until(() => (consensus.status().applier?.inMailbox ?? 16) < 4);
    t.deepEqual(
      events.filter((event) => event !== "drained"),
      range(1, 700),
    );
    t.true(inFlightMax <= 16 && inFlightMax > 0);
    t.is(events.at(-1), "drained", "the last mail was followed by it");
    const { waiting, sent, inMailbox } = consensus.status().applier ?? {};
    t.deepEqual([waiting, sent], [0, 700]);
    t.is(applier.status().consensus?.toReturn, inMailbox, "no credit is lost");
  });
}

test("on one thread a parcel never arrives inside the call that posts it, nor after its end", async (t) => {
  const [here, there] = localPorts();
  const arrived: unknown[] = [];
  let posting = true;
  there.onParcel((parcel) => {
    t.false(posting);
    arrived.push(parcel);
    // An answer of an answer: neither side waits inside the other.
    if (arrived.length < 3) {
      posting = true;
      here.post({ credit: arrived.length });
      posting = false;
    }
  });
  here.post({ credit: 0 });
  posting = false;
  await aWhile();
  t.deepEqual(arrived, [{ credit: 0 }, { credit: 1 }, { credit: 2 }]);
  there.close();
  here.post({ credit: 4 });
  await aWhile();
  t.is(arrived.length, 3);
  t.is(there.take(), undefined);
});

test("on one thread mail waits for a listener, or is taken by hand", async (t) => {
  const [here, there] = localPorts();
  for (const credit of [1, 2, 3]) here.post({ credit });
  t.deepEqual(there.take(), { credit: 1 });
  const arrived: unknown[] = [];
  there.onParcel((parcel) => arrived.push(parcel));
  await aWhile();
  t.deepEqual(arrived, [{ credit: 2 }, { credit: 3 }]);
});

test("credit is given back once a quarter of the mailbox is done with", async (t) => {
  const { port1, port2 } = new MessageChannel();
  const credits: number[] = [];
  port2.on("message", (parcel: Parcel) => {
    if ("credit" in parcel) credits.push(parcel.credit);
  });
  const shell = runShell<"applier">({
    ports: new Map<ActorName, Port>([["consensus", threadPort(port1)]]),
    mailboxMax: 16,
    behaviour: { receive: () => [] },
  });
  t.teardown(() => {
    shell.close();
    port2.close();
  });
  port2.postMessage({ mails: [1, 2, 3].map((number) => numbered(number).mail) });
  await aWhile();
  t.deepEqual(credits, []);
  t.is(shell.status().consensus?.toReturn, 3);
  port2.postMessage({ mails: [numbered(4).mail] });
  await until(() => credits.length > 0);
  t.deepEqual(credits, [4]);
  t.is(shell.status().consensus?.toReturn, 0);
});

test("drained comes after the last mail that waits, on whatever port, and not before", async (t) => {
  const events: string[] = [];
  const fromConsensus = new MessageChannel();
  const fromLog = new MessageChannel();
  // All of it waits before the shell begins.
  for (const number of [1, 2, 3]) fromConsensus.port1.postMessage({ mails: [numbered(number).mail] });
  for (const number of [4, 5]) fromLog.port1.postMessage({ mails: [numbered(number).mail] });
  const shell = runShell<"applier">({
    ports: new Map<ActorName, Port>([
      ["consensus", threadPort(fromConsensus.port2)],
      ["log", threadPort(fromLog.port2)],
    ]),
    mailboxMax: 16,
    behaviour: {
      receive: (mail) => {
        events.push(mail.kind === "drained" ? "drained" : `${numberIn(mail)}`);
        return [];
      },
      drained: { kind: "drained" },
    },
  });
  t.teardown(() => {
    shell.close();
    fromConsensus.port1.close();
    fromLog.port1.close();
  });
  await until(() => events.includes("drained"));
  t.deepEqual(events.slice(0, 5).toSorted(), ["1", "2", "3", "4", "5"]);
  t.is(events[5], "drained");
  t.true(events.indexOf("1") < events.indexOf("2") && events.indexOf("4") < events.indexOf("5"));
});

test("what drained gives rise to is posted", async (t) => {
  const { port1, port2 } = new MessageChannel();
  const far = farEnd(port2);
  const shell = runShell<"log">({
    ports: new Map<ActorName, Port>([["applier", threadPort(port1)]]),
    mailboxMax: 16,
    behaviour: { receive: (mail) => (mail.kind === "drained" ? [numbered(9)] : []), drained: { kind: "drained" } },
  });
  t.teardown(() => {
    shell.close();
    port2.close();
  });
  shell.deliver({ kind: "write", write: {}, release: [] });
  await until(() => far.arrived.length > 0);
  await aWhile();
  t.deepEqual(far.arrived, [9]);
});

const overflowMax = 262_144;

test("as much may wait as the bound says, and one piece more is a broken promise", (t) => {
  const enough = source(t, 8, overflowMax);
  t.notThrows(() => enough.shell.deliver(tick));
  const tooMuch = source(t, 8, overflowMax + 1);
  t.throws(() => tooMuch.shell.deliver(tick), { message: `mail to applier overflows: ${overflowMax} pieces wait` });
});

test("mail to an actor that there is no edge to is a broken invariant", (t) => {
  const { port1, port2 } = new MessageChannel();
  const shell = runShell<"consensus">({
    ports: new Map<ActorName, Port>([["log", threadPort(port1)]]),
    mailboxMax: 8,
    behaviour: { receive: () => [{ to: "commit-tracker", mail: { kind: "settled", index: 1 as LogIndex } }] },
  });
  t.teardown(() => {
    shell.close();
    port2.close();
  });
  t.throws(() => shell.deliver(tick), { message: "no way to commit-tracker" });
});

test("after its end a shell takes and sends nothing", async (t) => {
  const { shell, far } = source(t, 8, 3);
  shell.deliver(tick);
  shell.close();
  shell.deliver(tick);
  await aWhile();
  t.deepEqual(far.arrived, []);
});
