/** The rules of docs/protocol.md, each by the sentence it is said in. */
import test from "ava";
import { step } from "../../consensus/step.ts";
import { lastHash, lastIndex } from "../../consensus/tail.ts";
import { digestAt } from "../../wire/entries.ts";
import type { LogIndex, NodeId, Term } from "../../wire/types.ts";
import * as bench from "./bench.ts";

const { append, certificate, commands, core, following, genesis, leading, messages, point, proof, signature, ticks } =
  bench;

const timeout = (term: number, node: number) =>
  ({ kind: "timeout", value: { term: term as Term, node: node as NodeId }, signature }) as const;

test("when the (f+1)-th highest term in others' newest TOs is above the current one, it sends a TO for it too", (t) => {
  const state = core();
  t.deepEqual(messages(step(state, timeout(3, 1))), []);
  t.deepEqual(messages(step(state, timeout(5, 2))), ["TO(3) to everyone"]);
});

test("a TO received longer than a timeout ago no longer counts towards joining", (t) => {
  for (const [age, joins] of [
    [50, true],
    [70, false],
  ] as const) {
    const state = following(1, 1);
    step(state, timeout(9, 2));
    for (let tick = 1; tick <= age; tick++) {
      if (tick % 5 === 0) step(state, append(state, 1, 1, []));
      step(state, { kind: "tick" });
    }
    t.is(messages(step(state, timeout(9, 3))).includes("TO(9) to everyone"), joins, `after ${age} ticks`);
  }
});

test("Q TOs for one term let a node enter it; the validator of rank 0 becomes a candidate at once", (t) => {
  const state = core();
  step(state, timeout(4, 1));
  step(state, timeout(4, 2));
  const effects = step(state, timeout(4, 3));
  t.is(Number(state.term), 4);
  t.deepEqual(messages(effects), [
    "RVR(4, granted, lock 0) to 0, once durable",
    "RV(4, lock 0) to others, once durable",
  ]);
});

test("a voter holds its vote back until the candidate's rank is due, and gives one vote in a term", (t) => {
  const state = core();
  const ask = (candidate: number) =>
    ({
      kind: "requestVote",
      value: {
        term: 2 as Term,
        candidate: candidate as NodeId,
        lock: undefined,
        timeout: bench.timeoutCertificate(2),
      },
    }) as const;
  // In term 2 the ranks are: node 2 first, then 3, 0, 1.
  t.deepEqual(messages(step(state, ask(3))), []);
  t.deepEqual(messages(ticks(state, 2)), []);
  t.deepEqual(messages(ticks(state, 1)), ["RVR(2, granted, lock 0) to 3, once durable"]);
  t.deepEqual(messages(step(state, ask(2))), ["RVR(2, refused, lock 0) to 2, once durable"]);
});

test("a candidate whose lock is below the voter's gets the voter's lock certificate instead", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1, 2]));
  step(state, { kind: "replicated", certificate: certificate(1, 2, lastHash(state.tail)) });
  const request = { term: 2 as Term, candidate: 2 as NodeId, lock: undefined, timeout: bench.timeoutCertificate(2) };
  const effects = step(state, { kind: "requestVote", value: request });
  const refusal = effects.flatMap((effect) => (effect.kind === "write" ? effect.release : []))[0];
  if (refusal?.kind !== "body" || refusal.body.$case !== "requestVoteResponse") return t.fail("no answer");
  t.false(refusal.body.value.granted);
  t.is(Number(refusal.body.value.voterLock?.index), 2);
  return undefined;
});

test("a refused candidate fetches the missing entries by SYNC and asks again with the higher lock", (t) => {
  const donor = following(1, 1);
  step(donor, append(donor, 1, 1, [1, 2]));
  const lock = certificate(1, 2, lastHash(donor.tail));
  const state = core();
  for (const node of [1, 2, 3]) step(state, timeout(4, node));
  const refusal = {
    term: 4 as Term,
    voter: 2 as NodeId,
    candidate: 0 as NodeId,
    lock: point(0, 0, genesis),
    granted: false,
    voterLock: lock,
  };
  t.deepEqual(messages(step(state, { kind: "requestVoteResponse", value: refusal, signature })), [
    "SYNC?(1, want 2) to 2",
  ]);
  const header = {
    node: 2 as NodeId,
    prevIndex: 0 as LogIndex,
    prevHash: genesis,
    end: { $case: "replication", value: lock } as const,
  };
  const effects = step(state, { kind: "syncResponse", header, entries: commands([1, 2], 1) });
  t.deepEqual(messages(effects), [
    "RVR(4, granted, lock 2) to 0, once durable",
    "RV(4, lock 2) to others, once durable",
  ]);
  t.is(Number(lastIndex(state.tail)), 2);
});

test("a leader opens its term with an AE that carries the proof of its election", (t) => {
  const state = core();
  for (const node of [1, 2, 3]) step(state, timeout(4, node));
  const grant = (voter: number) =>
    step(state, {
      kind: "requestVoteResponse",
      signature,
      value: {
        term: 4 as Term,
        voter: voter as NodeId,
        candidate: 0 as NodeId,
        lock: point(0, 0, genesis),
        granted: true,
        voterLock: undefined,
      },
    });
  t.deepEqual(messages(grant(1)), []);
  t.deepEqual(messages(grant(1)), [], "one voter counts once");
  t.deepEqual(messages(grant(2)), []);
  t.deepEqual(messages(grant(3)), ["AE(4, 0+0, EP) to others"]);
});

test("a leader is accepted only with a proof of its election", (t) => {
  const state = core();
  t.deepEqual(messages(step(state, append(state, 1, 1, [1]))), ["NACK(0, last 0, commit 0) to 1"]);
  t.is(Number(lastIndex(state.tail)), 0);
  t.deepEqual(messages(step(state, append(state, 1, 1, [1], { proof: proof(1, 1) }))), [
    "AER(1, 1) to everyone, once durable",
  ]);
});

test("an AE whose prev does not match gets a NACK with hints", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1]));
  const gap = append(state, 1, 1, [9], { prevIndex: 5, prevHash: genesis });
  t.deepEqual(messages(step(state, gap)), ["NACK(1, last 1, commit 0) to 1"]);
});

test("every AE is answered at its own boundary, and a late shorter one truncates nothing", (t) => {
  const state = following(1, 1);
  const first = append(state, 1, 1, [1, 2]);
  step(state, first);
  t.deepEqual(messages(step(state, append(state, 1, 1, [3]))), ["AER(1, 3) to everyone, once durable"]);
  t.deepEqual(messages(step(state, first)), ["AER(1, 2) to everyone, once durable"]);
  t.is(Number(lastIndex(state.tail)), 3);
});

test("a second AE that contradicts an acknowledged point is equivocation: the pair is kept, and TO(t+1) sent", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1, 2]));
  const effects = step(state, append(state, 1, 1, [8], { prevIndex: 1 }));
  const evidence = effects.flatMap((effect) => (effect.kind === "write" ? [effect.write.evidence] : []))[0];
  t.is(evidence?.kind, "equivocation");
  t.deepEqual(evidence?.accused, [1 as NodeId]);
  t.deepEqual(
    evidence?.frames.map((frame) => Buffer.from(frame).toString()),
    ["AE 1 0 1,2", "AE 1 1 8"],
  );
  t.deepEqual(messages(effects), ["TO(2) to everyone"]);
  t.is(Number(lastIndex(state.tail)), 2);
});

test("an AE that contradicts a commit is evidence, unless the commit is of a later term than the leader can know", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1]));
  step(state, { kind: "committed", certificate: certificate(1, 1, lastHash(state.tail)) });
  const effects = step(state, append(state, 1, 1, [5, 6], { prevIndex: 0, prevHash: genesis }));
  t.true(effects.some((effect) => effect.kind === "write" && effect.write.evidence?.kind === "invalid append"));
  t.deepEqual(messages(effects), ["TO(2) to everyone"]);
  t.is(Number(lastIndex(state.tail)), 1);
  const stale = following(1, 1);
  step(stale, append(stale, 1, 1, [1]));
  stale.commit = certificate(7, 1, lastHash(stale.tail));
  stale.tail.base = 1 as LogIndex;
  stale.tail.baseHash = lastHash(stale.tail);
  stale.tail.segments = [];
  t.deepEqual(step(stale, append(stale, 1, 1, [5, 6], { prevIndex: 0, prevHash: genesis })), []);
});

test("Q AERs for a point whose chain this node holds lock it; only then does it vote to commit", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1, 2]));
  const effects = step(state, { kind: "replicated", certificate: certificate(1, 2, lastHash(state.tail)) });
  t.deepEqual(messages(effects), ["CV(1, 2) to everyone, once durable"]);
  const [write] = effects;
  t.is(write?.kind === "write" ? Number(write.write.lock?.index) : 0, 2);
});

test("a replication certificate of a lower term moves no lock; one on a chain it lacks waits for the entries", (t) => {
  const state = following(3, 1);
  const ahead = following(3, 1);
  const next = append(ahead, 3, 1, [1, 2]);
  step(ahead, next);
  const hash = lastHash(ahead.tail);
  t.deepEqual(step(state, { kind: "replicated", certificate: certificate(2, 2, hash) }), []);
  t.deepEqual(messages(step(state, { kind: "replicated", certificate: certificate(3, 2, hash) })), []);
  t.deepEqual(messages(step(state, next)), [
    "AER(3, 2) to everyone, once durable",
    "CV(3, 2) to everyone, once durable",
  ]);
});

test("Q CVs commit in any current term, and committed entries are applied in order", (t) => {
  const state = following(3, 1);
  step(state, append(state, 3, 1, [1, 2]));
  const effects = step(state, { kind: "committed", certificate: certificate(3, 2, lastHash(state.tail)) });
  const applied = effects.find((effect) => effect.kind === "apply");
  t.is(applied?.kind === "apply" ? applied.segments[0]?.entries.count : 0, 2);
  t.is(Number(state.tail.base), 2);
});

test("a commit certificate on a chain it does not hold is fetched by SYNC from its signers in turn", (t) => {
  const state = core();
  step(state, { kind: "committed", certificate: certificate(1, 5, genesis) });
  const asked = messages(ticks(state, 40)).filter((text) => text.startsWith("SYNC?"));
  t.deepEqual(asked.slice(0, 2), ["SYNC?(1) to 1", "SYNC?(1) to 2"]);
});

test("two commit certificates for one index and different logs make the node halt", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1]));
  step(state, { kind: "committed", certificate: certificate(1, 1, lastHash(state.tail)) });
  const effects = step(state, { kind: "committed", certificate: certificate(1, 1, genesis) });
  t.is(effects[0]?.kind, "halt");
});

test("entries that a new leader's log displaces are kept while the lock lies on them, and are proposed again", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1, 2]));
  step(state, { kind: "replicated", certificate: certificate(1, 2, lastHash(state.tail)) });
  const locked = lastHash(state.tail);
  step(state, append(state, 2, 2, [7], { prevIndex: 0, prevHash: genesis, proof: proof(2, 2) }));
  t.is(Number(lastIndex(state.tail)), 1);
  t.is(state.displaced.length, 1);
  for (const node of [1, 2, 3]) step(state, timeout(4, node));
  t.is(state.role.kind, "candidate");
  t.is(Number(lastIndex(state.tail)), 2);
  t.deepEqual(lastHash(state.tail), locked);
});

test("a leader keeps a window of AEs in flight; the next batch is what arrived meanwhile, up to a cap", (t) => {
  const state = leading();
  t.deepEqual(messages(step(state, { kind: "commands", entries: commands([1]) })), [
    "AE(4, 0+1) to others",
    "AER(4, 1) to everyone, once durable",
  ]);
  step(state, { kind: "commands", entries: commands([2]) });
  t.deepEqual(messages(step(state, { kind: "commands", entries: commands([3, 4, 5, 6]) })), []);
  const effects = step(state, { kind: "committed", certificate: certificate(4, 1, hashOf(state, 1)) });
  t.deepEqual(messages(effects), ["AE(4, 2+3) to others", "AER(4, 5) to everyone, once durable"]);
});

test("while others are in flight a batch waits until it is half full, or a while for each of them", (t) => {
  const config = { batchDelayTicks: 3, batchCommandsMax: 6, windowBatches: 4, heartbeatTicks: 40 };
  const state = leading(config);
  const cut = (effects: Parameters<typeof messages>[0]) => messages(effects).filter((text) => text.startsWith("AE"));
  const send = (...requests: number[]) => cut(step(state, { kind: "commands", entries: commands(requests) }));
  const tick = () => cut(ticks(state, 1));
  t.is(send(1).length, 2, "the first goes at once: AE and AER");
  t.deepEqual(send(2), []);
  t.deepEqual([tick(), tick()].flat(), []);
  t.deepEqual(tick(), ["AE(4, 1+1) to others", "AER(4, 2) to everyone, once durable"], "one in flight: 3 ticks");
  t.deepEqual(send(3), []);
  t.deepEqual(
    ticks(state, 5).filter(({ kind }) => kind === "send"),
    [],
  );
  t.is(tick().length, 2, "two in flight: 6 ticks");
  t.deepEqual(send(4, 5), []);
  t.deepEqual(send(6), ["AE(4, 3+3) to others", "AER(4, 6) to everyone, once durable"], "half full");
  t.deepEqual(send(7, 8, 9, 10), [], "no room in the window");
});

function hashOf(state: ReturnType<typeof core>, index: number) {
  const segment = state.tail.segments.find((one) => one.first === index);
  if (segment === undefined) throw new Error(`no batch starts at ${index}`);
  return bench.chainAfter(state, index - 1, state.tail.baseHash, segment.entries);
}

test("heartbeats without progress do not keep a leader in office, and the timer doubles", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1]));
  const asked: number[] = [];
  for (let tick = 1; tick <= 400; tick++) {
    if (tick % 5 === 0) step(state, append(state, 1, 1, []));
    if (messages(step(state, { kind: "tick" })).includes("TO(2) to everyone")) asked.push(tick);
  }
  const [first = 0, second = 0, third = 0] = asked;
  t.true(first >= 50 && first <= 61);
  t.true(second - first >= 100 && second - first <= 121);
  t.true(third - second >= 200);
});

test("a heartbeat counts as progress while there is no uncommitted work", (t) => {
  const state = following(1, 1);
  for (let tick = 1; tick <= 400; tick++) {
    if (tick % 5 === 0) step(state, append(state, 1, 1, []));
    t.false(messages(step(state, { kind: "tick" })).includes("TO(2) to everyone"));
  }
});

test("commands go to the leader, again to the next one, and are dropped once they are in the log", (t) => {
  const state = following(1, 1);
  t.deepEqual(messages(step(state, { kind: "commands", entries: commands([1, 2]) })), ["RELAY(2) to 1"]);
  t.deepEqual(messages(step(state, { kind: "commands", entries: commands([1, 2]) })), []);
  const effects = step(state, append(state, 2, 2, [], { proof: proof(2, 2) }));
  t.true(messages(effects).includes("RELAY(2) to 2"));
  const logged = step(state, append(state, 2, 2, [1, 2]));
  t.deepEqual(logged.at(-1), { kind: "credit", commands: 2 });
});

test("what took effect already is answered from the record, not ordered again", (t) => {
  const state = following(1, 1);
  step(state, append(state, 1, 1, [1]));
  step(state, { kind: "committed", certificate: certificate(1, 1, lastHash(state.tail)) });
  const entries = commands([1]);
  const leaf = digestAt(entries.leaves, 0);
  t.deepEqual(step(state, { kind: "commands", entries }), [
    { kind: "credit", commands: 1 },
    { kind: "repeat", requests: [{ client: 7 as never, request: 1 as never, leaf }] },
  ]);
});

test("a node starts from its durable state: term, vote, lock and what it has acknowledged", (t) => {
  const vote = { term: 6 as Term, candidate: 2 as NodeId, lock: point(0, 0, genesis) };
  const state = core({}, { term: 6 as Term, vote });
  const request = { term: 6 as Term, candidate: 3 as NodeId, lock: undefined, timeout: bench.timeoutCertificate(6) };
  ticks(state, 20);
  t.deepEqual(messages(step(state, { kind: "requestVote", value: request })), [
    "RVR(6, refused, lock 0) to 3, once durable",
  ]);
});

test("a single validator is its own quorum", (t) => {
  const state = core({ validators: [0 as NodeId] });
  t.deepEqual(messages(ticks(state, 1)), ["TO(1) to everyone"]);
  step(state, timeout(1, 0));
  t.is(state.role.kind, "candidate");
});
