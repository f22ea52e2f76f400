import test from "ava";
import { type Io, type Mail, receive, type State, start } from "../../actors/log.ts";
import type { Post } from "../../actors/mailbox.ts";
import type { Outgoing } from "../../consensus/protocol.ts";
import type { Write } from "../../wire/durable.ts";
import { lastOf } from "../../wire/entries.ts";
import type { Body, Certificate, LogIndex, NodeId, Term } from "../../wire/types.ts";
import { certificate, cluster, folderFor, headOf, opened, segment } from "../ledger/signed-cluster.ts";
import { hexOf } from "../wire/plain.ts";

type Bench = {
  readonly state: State;
  /** What happened, in order: calls of the store, and votes let go. */
  readonly events: string[];
  readonly mail: (mail: Mail) => readonly Post[];
};

/** The real log over a real store in a folder of its own, whose calls are noted down. */
function logBench(t: Parameters<typeof folderFor>[0], chunkCommandsMax = 100): Bench {
  const store = opened(`${folderFor(t)}/ledger.db`, { create: true });
  t.teardown(() => store.close());
  const events: string[] = [];
  const io: Io = {
    store: {
      write: (writes) => {
        events.push(`write of ${writes.length}`);
        store.write(writes);
        events.push("durable");
      },
      committedChunk: (from, commandsMax) => {
        events.push(`chunk from ${from}`);
        return store.committedChunk(from, commandsMax);
      },
    },
  };
  const state = start({ chunkCommandsMax }, io);
  const mail = (piece: Mail): readonly Post[] => {
    const posts = receive(state, piece);
    for (const post of posts) events.push(nameOf(post));
    return posts;
  };
  return { state, events, mail };
}

function nameOf({ to, mail }: Post): string {
  if (to !== "sender" || mail.kind !== "send") return `${to} ${mail.kind}`;
  const { message } = mail;
  if (message.kind !== "body") return message.kind;
  return message.body.$case === "timeout" ? `vote ${message.body.value.term}` : message.body.$case;
}

/** Something to release that tells itself apart by its term. */
function vote(term: number): Outgoing {
  const body: Body = { $case: "timeout", value: { term: term as Term, node: 2 as NodeId } };
  return { kind: "body", to: "everyone", body };
}

const drained: Mail = { kind: "drained" };
const writeOf = (write: Write, ...release: Outgoing[]): Mail => ({ kind: "write", write, release });
const enter = (term: number): Write => ({ term: term as Term });

test("nothing is let go before what it depends on is durable", (t) => {
  const bench = logBench(t);
  bench.mail(writeOf(enter(1), vote(1)));
  t.deepEqual(bench.events, []);
  bench.mail(drained);
  t.deepEqual(bench.events, ["write of 1", "durable", "vote 1"]);
  bench.mail(drained);
  t.is(bench.events.length, 3, "once");
});

test("all that came together is written by one call, and let go in order", (t) => {
  const bench = logBench(t);
  for (let term = 1; term <= 10; term++) bench.mail(writeOf(enter(term), vote(term), vote(100 + term)));
  bench.mail(drained);
  const released = Array.from({ length: 10 }, (_, i) => [`vote ${i + 1}`, `vote ${101 + i}`]).flat();
  t.deepEqual(bench.events, ["write of 10", "durable", ...released]);
  t.deepEqual([bench.state.counters.syncs, bench.state.counters.writes], [1, 10]);
});

test("after 64 writes it syncs though more mail waits", (t) => {
  const bench = logBench(t);
  for (let term = 1; term <= 63; term++) bench.mail(writeOf(enter(term), vote(term)));
  t.deepEqual(bench.events, []);
  bench.mail(writeOf(enter(64), vote(64)));
  t.deepEqual(bench.events.slice(0, 3), ["write of 64", "durable", "vote 1"]);
  t.is(bench.events.length, 66);
});

test("a write of nothing lets go without touching the store", (t) => {
  const bench = logBench(t);
  bench.mail(writeOf({}, vote(1)));
  t.deepEqual(bench.events, []);
  bench.mail(drained);
  t.deepEqual(bench.events, ["vote 1"]);
});

test("a write of nothing waits for the writes before it", (t) => {
  const bench = logBench(t);
  bench.mail(writeOf(enter(1)));
  bench.mail(writeOf({}, vote(1)));
  bench.mail(drained);
  t.deepEqual(bench.events, ["write of 1", "durable", "vote 1"]);
});

test("what the store does not take is not let go", (t) => {
  const bench = logBench(t);
  const gap = segment(5, cluster, 1);
  bench.mail(writeOf({ append: gap }, vote(1)));
  t.throws(() => bench.mail(drained));
  t.deepEqual(bench.events, ["write of 1"]);
});

const first = segment(1, cluster, 3);
const second = segment(4, headOf(first), 4);
const commitOf = (of: typeof first): Certificate => certificate("commit", 1, lastOf(of), headOf(of));

function filled(bench: Bench): void {
  bench.mail(writeOf({ append: first }));
  bench.mail(writeOf({ commit: commitOf(first) }));
  bench.mail(writeOf({ append: second, commit: commitOf(second) }));
}

test("committed entries are served after the writes that wait, ending in a commit certificate", (t) => {
  const bench = logBench(t);
  filled(bench);
  bench.mail(writeOf({}, vote(1)));
  t.deepEqual(bench.mail({ kind: "serve", to: 3 as NodeId, fromIndex: 1 as LogIndex }), []);
  const posts = bench.mail(drained);
  t.deepEqual(bench.events, ["write of 3", "durable", "chunk from 1", "vote 1", "sync"]);
  const mail = posts.at(-1)?.mail;
  if (mail?.kind !== "send" || mail.message.kind !== "sync") return t.fail("nothing served");
  const { to, prevIndex, prevHash, segments, end } = mail.message;
  t.deepEqual([to, prevIndex, hexOf(prevHash)], [[3 as NodeId], 0 as LogIndex, hexOf(cluster)]);
  const count = segments.reduce((sum, { entries }) => sum + entries.count, 0);
  t.is(count, end.value.index);
  t.is(end.$case, "commit");
  t.is(hexOf(end.value.hash), hexOf(headOf(end.value.index === 3 ? first : second)));
  return undefined;
});

test("serving starts where it was asked to, and says nothing where nothing is committed", (t) => {
  const bench = logBench(t);
  filled(bench);
  bench.mail({ kind: "serve", to: 3 as NodeId, fromIndex: 6 as LogIndex });
  bench.mail({ kind: "serve", to: 0 as NodeId, fromIndex: 8 as LogIndex });
  const posts = bench.mail(drained);
  t.is(posts.length, 1);
  const mail = posts[0]?.mail;
  if (mail?.kind !== "send" || mail.message.kind !== "sync") return t.fail("nothing served");
  const { prevIndex, segments, end } = mail.message;
  t.is(prevIndex, 5 as LogIndex);
  t.is(segments[0]?.first, 6 as LogIndex);
  t.is(end.value.index, 7 as LogIndex);
  return undefined;
});

test("of several questions of one node the newest is answered, and those of others too", (t) => {
  const bench = logBench(t);
  filled(bench);
  for (const [to, fromIndex] of [
    [3, 1],
    [0, 2],
    [3, 5],
  ]) {
    bench.mail({ kind: "serve", to: to as NodeId, fromIndex: fromIndex as LogIndex });
  }
  const posts = bench.mail(drained);
  const served = posts.flatMap(({ mail }) =>
    mail.kind === "send" && mail.message.kind === "sync" ? [`${mail.message.to} after ${mail.message.prevIndex}`] : [],
  );
  t.deepEqual(served.toSorted(), ["0 after 1", "3 after 4"]);
  t.deepEqual(bench.mail(drained), []);
});
