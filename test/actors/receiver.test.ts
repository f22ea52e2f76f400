import test from "ava";
import { checkCount } from "../../pools/signature-batch.ts";
import { commandAt } from "../../wire/entries.ts";
import type { Body, ClientId, LogIndex, NodeId, RequestId, Term } from "../../wire/types.ts";
import { bodyOf } from "../wire/bodies.ts";
import { certificateOf, commandOf, digest, frameOf, pointOf, seedOfClient, seedOfNode } from "../wire/cluster.ts";
import { hexOf } from "../wire/plain.ts";
import { type Bench, receiverBench } from "./receiver-bench.ts";

function voteAt(index: number, kind: "appendEntriesResponse" | "commitVote" = "commitVote"): Uint8Array {
  const value = { term: 5 as Term, node: 2 as NodeId, index: index as LogIndex, hash: digest(1) };
  return frameOf({ $case: kind, value });
}

function appendAt(prevIndex: number): Uint8Array {
  const { $case, value } = bodyOf("appendEntries");
  return frameOf({ $case, value: { ...value, prevIndex: prevIndex as LogIndex, proof: undefined } });
}

const commandAs = (request: number): Uint8Array => commandOf(7, request, new Uint8Array(10));
const batchOf = (commands: readonly Uint8Array[]): Uint8Array =>
  frameOf({ $case: "commandBatch", value: { client: 7 as ClientId, commands } });

/** What came out, in short: votes and AEs by index, commands by request id. */
function told(bench: Bench): string[] {
  return bench.posts.flatMap(({ mail }) => {
    if (mail.kind === "vote") return [`vote ${mail.vote.index}`];
    if (mail.kind === "appendEntries") return [`append ${mail.header.prevIndex}`];
    if (mail.kind === "commands") return Array.from(mail.entries.requests, (request) => `command ${request}`);
    return [mail.kind];
  });
}

test("each lane has its own batches at the verifier, at most two, and the next grows meanwhile", (t) => {
  const bench = receiverBench();
  for (let i = 1; i <= 20; i++) {
    bench.frame("client", commandAs(i));
    bench.frame("peer", appendAt(i));
    bench.frame("peer", voteAt(i));
  }
  const lanes = bench.open.map(({ lane }) => lane);
  t.deepEqual(lanes, [2, 1, 0, 1, 0]);
  t.deepEqual(
    bench.open.map(({ batch }) => checkCount(batch)),
    [1, 3, 1, 3, 1],
  );
  bench.answer(2);
  t.deepEqual(told(bench), ["vote 1"]);
  t.is(bench.open.at(-1)?.lane, 0, "the next batch of votes, before anything else is verified");
  t.deepEqual(
    bench.open.slice(-1).map(({ batch }) => checkCount(batch)),
    [18],
  );
});

test("while a batch of commands is at the verifier, another follows once it has 256", (t) => {
  const bench = receiverBench();
  for (let i = 1; i <= 256; i++) bench.frame("client", commandAs(i));
  t.deepEqual(
    bench.open.map(({ batch }) => checkCount(batch)),
    [1],
  );
  bench.frame("client", commandAs(257));
  t.deepEqual(
    bench.open.map(({ batch }) => checkCount(batch)),
    [1, 256],
  );
  bench.frame("client", commandAs(258));
  bench.answer();
  bench.answer();
  t.deepEqual(
    bench.open.map(({ batch }) => checkCount(batch)),
    [1],
    "a single one at once where nothing is under way",
  );
  bench.answerAll();
  t.is(told(bench).length, 258);
});

test("verdicts out of order are passed on in the order of arrival", (t) => {
  const bench = receiverBench();
  for (let i = 1; i <= 3; i++) bench.frame("peer", appendAt(i));
  bench.answer(1);
  t.deepEqual(told(bench), []);
  bench.answer(0);
  t.deepEqual(told(bench), ["append 1", "append 2"]);
  bench.answerAll();
  t.deepEqual(told(bench), ["append 1", "append 2", "append 3"]);
});

test("no lane waits for another", (t) => {
  const bench = receiverBench();
  for (let i = 1; i <= 3; i++) {
    bench.frame("client", commandAs(i));
    bench.frame("peer", appendAt(i));
  }
  bench.frame("peer", voteAt(9));
  bench.answer(bench.open.findIndex(({ lane }) => lane === 0));
  t.deepEqual(told(bench), ["vote 9"]);
});

test("a batch holds some 256 signatures, and a message with more is not torn apart", (t) => {
  const bench = receiverBench();
  bench.frame("peer", voteAt(1));
  bench.frame("peer", voteAt(2));
  for (let i = 3; i <= 602; i++) bench.frame("peer", voteAt(i));
  bench.answer();
  bench.answer();
  t.deepEqual(
    bench.open.map(({ batch }) => checkCount(batch)),
    [256, 256],
  );
  const large = receiverBench();
  large.frame("client", batchOf(Array.from({ length: 300 }, (_, i) => commandAs(i + 1))));
  t.deepEqual(
    large.open.map(({ batch }) => checkCount(batch)),
    [300],
  );
  bench.answerAll();
  large.answerAll();
  t.is(told(bench).length, 602);
  t.is(told(large).length, 300);
});

test("without credit no command is verified; votes and AEs are", (t) => {
  const bench = receiverBench(3);
  bench.frame("client", batchOf([1, 2, 3, 4].map(commandAs)));
  t.is(bench.state.credit, -1);
  bench.frame("client", commandAs(5));
  bench.frame("peer", voteAt(1));
  bench.frame("peer", appendAt(1));
  t.deepEqual(
    bench.open.map(({ lane }) => lane),
    [2, 0, 1],
  );
  bench.answerAll();
  t.deepEqual(told(bench).toSorted(), ["append 1", "command 1", "command 2", "command 3", "command 4", "vote 1"]);
  bench.mail({ kind: "credit", commands: 1 });
  t.is(bench.open.length, 0, "no credit yet: 0");
  bench.mail({ kind: "credit", commands: 1 });
  t.is(bench.open.length, 1);
  bench.answerAll();
  t.is(told(bench).at(-1), "command 5");
  t.is(bench.state.credit, 0);
});

test("credit taken for commands that are refused is given back", (t) => {
  const bench = receiverBench(3);
  const forged = (request: number): Uint8Array => commandOf(7, request, new Uint8Array(1), { seed: seedOfClient(8) });
  bench.frame("client", batchOf([forged(1), commandAs(2), forged(3)]));
  bench.frame("client", commandAs(4));
  t.is(bench.state.credit, 0);
  t.is(bench.open.length, 1);
  bench.answer();
  t.deepEqual(told(bench), ["command 2"]);
  t.is(bench.open.length, 1, "what was given back lets the next one in");
  bench.answerAll();
  t.deepEqual(told(bench), ["command 2", "command 4"]);
  t.is(bench.state.credit, 1);
  t.is(bench.state.rejects["command with an invalid signature"], 2);
  bench.frame("client", batchOf([commandAs(5)].concat(forged(6))));
  bench.answerAll();
  t.is(bench.state.credit, 0);
});

test("credit for a whole message is given back where its envelope is forged", (t) => {
  const bench = receiverBench(3);
  const relay: Body = { $case: "relay", value: { node: 2 as NodeId, commands: [1, 2].map(commandAs) } };
  bench.frame("peer", frameOf(relay, { seed: seedOfNode(3) }));
  t.is(bench.state.credit, 1);
  bench.answerAll();
  t.is(bench.state.credit, 3);
  t.deepEqual(told(bench), []);
});

test("invalid commands in a batch are refused one by one, and hurt no other", (t) => {
  const bench = receiverBench();
  const commands = Array.from({ length: 30 }, (_, i) =>
    i % 7 === 3 ? commandOf(7, i + 1, new Uint8Array(4), { seed: seedOfClient(8) }) : commandAs(i + 1),
  );
  commands[8] = new Uint8Array(30).fill(1);
  bench.frame("client", batchOf(commands), 4);
  bench.frame("client", commandAs(99), 5);
  bench.answerAll();
  const sound = commands.filter((_, i) => i % 7 !== 3 && i !== 8);
  const [first] = bench.posts;
  if (first?.mail.kind !== "commands") return t.fail("no commands");
  const { entries } = first.mail;
  t.deepEqual(
    Array.from({ length: entries.count }, (_, row) => hexOf(commandAt(entries, row))),
    sound.map(hexOf),
  );
  t.is(told(bench).at(-1), "command 99");
  t.deepEqual(bench.state.rejects, { "command with an invalid signature": 4, "malformed command": 1 });
  t.deepEqual(bench.closes, [], "the batch itself was its client's own");
  return undefined;
});

test("a forged envelope closes its connection, and no other", (t) => {
  const bench = receiverBench();
  bench.frame("peer", voteAt(1), 1);
  bench.frame("peer", frameOf(bodyOf("nack"), { seed: seedOfNode(3) }), 2);
  bench.frame("peer", voteAt(2), 3);
  bench.frame("client", commandOf(7, 1, new Uint8Array(1), { seed: seedOfClient(8) }), 4);
  bench.frame("client", frameOf(bodyOf("hello"), { seed: seedOfClient(8) }), 5);
  bench.frame("client", commandAs(2), 6);
  bench.answerAll();
  t.deepEqual(
    bench.closes.toSorted(),
    [2, 4, 5].map((connection) => `${connection}: invalid signature`),
  );
  t.deepEqual(told(bench).toSorted(), ["command 2", "vote 1", "vote 2"]);
  t.is(bench.state.rejects["invalid signature"], 3);
});

test("a node's own message that is played back to it is refused, and closes the connection", (t) => {
  const bench = receiverBench();
  for (const kind of ["syncRequest", "nack", "commitVote"] as const) {
    const body = bodyOf(kind);
    bench.frame("peer", frameOf({ ...body, value: { ...body.value, node: 0 as NodeId } } as Body), 3);
  }
  bench.answerAll();
  t.is(bench.state.rejects["a message of this node's own"], 3);
  t.deepEqual(bench.posts, []);
  t.is(bench.closes.length, 3);
});

test("of a stranger's batch nothing but its envelope is checked", (t) => {
  const bench = receiverBench();
  const commands = Array.from({ length: 100 }, (_, i) => commandAs(i + 1));
  const value = { client: 7 as ClientId, commands };
  bench.frame("client", frameOf({ $case: "commandBatch", value }, { seed: seedOfClient(8) }), 4);
  t.deepEqual(bench.open, []);
  t.deepEqual(bench.closes, ["4: invalid signature"]);
  t.is(bench.state.counters["signatures checked"], 1);
  bench.frame("client", batchOf(commands), 5);
  t.is(bench.open.length, 1);
  bench.answerAll();
  t.is(told(bench).length, 100);
  t.is(bench.state.counters["signatures checked"], 102);
});

test("what cannot be admitted closes its connection without any verification", (t) => {
  const bench = receiverBench();
  bench.frame("peer", new Uint8Array(20), 1);
  bench.frame("peer", commandAs(1), 2);
  bench.frame("client", voteAt(1), 3);
  bench.frame("peer", frameOf(bodyOf("commitVote"), { cluster: digest(9) }), 4);
  t.is(bench.open.length, 0);
  t.deepEqual(bench.closes, [
    "1: malformed envelope",
    "2: command at the peer entrance",
    "3: commitVote at the client entrance",
    "4: another cluster",
  ]);
});

test("votes and chunks about what is settled are dropped without verification; nothing else is", (t) => {
  const bench = receiverBench(100, 10);
  const chunkTo = (index: number): Uint8Array => {
    const { $case, value } = bodyOf("syncResponse");
    const end = { $case: "commit", value: certificateOf("commit", pointOf(5, index, digest(1))) } as const;
    return frameOf({ $case, value: { ...value, end } });
  };
  for (const index of [9, 10]) {
    bench.frame("peer", voteAt(index, "appendEntriesResponse"));
    bench.frame("peer", voteAt(index, "commitVote"));
    bench.frame("peer", chunkTo(index));
  }
  t.is(bench.open.length, 0);
  t.is(bench.state.counters["late messages"], 6);
  bench.frame("peer", voteAt(11));
  bench.mail({ kind: "settled", index: 20 as LogIndex });
  bench.frame("peer", voteAt(20));
  bench.frame("peer", voteAt(21));
  bench.frame("peer", chunkTo(21));
  bench.frame("peer", frameOf({ $case: "timeout", value: { term: 1 as Term, node: 2 as NodeId } }));
  bench.answerAll();
  t.deepEqual(told(bench).toSorted(), ["syncResponse", "timeout", "vote 11", "vote 21"]);
  t.is(bench.state.counters["late messages"], 7);
});

test("votes beyond a quorum, on the point certified last, are dropped without verification", (t) => {
  const bench = receiverBench();
  bench.mail({ kind: "certified", of: "commit", term: 5 as Term, index: 11 as LogIndex });
  bench.frame("peer", voteAt(11, "commitVote"));
  t.is(bench.open.length, 0);
  t.is(bench.state.counters["late messages"], 1);
  bench.frame("peer", voteAt(11, "appendEntriesResponse"));
  bench.frame("peer", voteAt(12, "commitVote"));
  bench.frame("peer", voteAt(10, "commitVote"));
  bench.answerAll();
  t.deepEqual(told(bench), ["vote 11", "vote 12", "vote 10"]);
});

test("a few votes that wait for nothing are checked at once; more go to the verifier", (t) => {
  const bench = receiverBench(100_000, 0, 3);
  bench.frame("peer", voteAt(1));
  bench.frame("peer", voteAt(2, "appendEntriesResponse"));
  t.deepEqual(told(bench), ["vote 1", "vote 2"]);
  t.deepEqual(bench.open, []);
  const grant = bodyOf("requestVoteResponse");
  bench.frame(
    "peer",
    frameOf({
      ...grant,
      value: { ...grant.value, granted: false, voterLock: certificateOf("replication", pointOf(3, 4, digest(1))) },
    }),
  );
  t.is(bench.open.length, 1, "four signatures are too many");
  bench.frame("peer", voteAt(3));
  t.deepEqual(told(bench), ["vote 1", "vote 2"], "nor does a vote overtake those at the verifier");
  bench.answerAll();
  t.deepEqual(told(bench), ["vote 1", "vote 2", "requestVoteResponse", "vote 3"]);
});

test("a forged vote that is checked at once closes its connection, and no other", (t) => {
  const bench = receiverBench(100_000, 0, 3);
  const forgedVote = voteAt(1);
  forgedVote[forgedVote.length - 1] = (forgedVote.at(-1) ?? 0) ^ 1;
  bench.mail({ kind: "frame", entrance: "peer", connection: 5, frame: forgedVote });
  bench.mail({ kind: "frame", entrance: "peer", connection: 6, frame: voteAt(2) });
  t.deepEqual(bench.closes, ["5: invalid signature"]);
  t.is(bench.state.rejects["invalid signature"], 1);
  t.deepEqual(told(bench), ["vote 2"]);
});

test("queries go to the applier, few at a time, and more when some are done with", (t) => {
  const bench = receiverBench();
  let number = 0;
  const ask = (client: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      const value = { ...bodyOf("query").value, client: client as ClientId, request: ++number as RequestId };
      bench.frame("client", frameOf({ $case: "query", value }, { seed: seedOfClient(client) }));
    }
    bench.answerAll();
  };
  const passed = (): number => bench.posts.filter(({ to, mail }) => to === "applier" && mail.kind === "query").length;
  ask(7, 40);
  t.is(passed(), 16);
  t.is(bench.state.counters["queries dropped"], 24);
  ask(8, 1);
  t.is(passed(), 17);
  bench.mail({ kind: "queried", client: 7 as ClientId });
  ask(7, 3);
  t.is(passed(), 18);
  for (let i = 0; i < 16; i++) bench.mail({ kind: "queried", client: 7 as ClientId });
  bench.mail({ kind: "queried", client: 8 as ClientId });
  t.deepEqual([bench.state.queries.total, bench.state.queries.ofClient.size], [0, 0]);
});

test("a query whose signature is wrong ends its connection and asks nothing", (t) => {
  const bench = receiverBench();
  bench.frame("client", frameOf(bodyOf("query"), { seed: seedOfClient(8) }), 3);
  bench.answerAll();
  t.deepEqual(bench.posts, []);
  t.deepEqual(bench.closes, ["3: invalid signature"]);
});
