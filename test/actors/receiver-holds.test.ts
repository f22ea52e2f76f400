import test from "ava";
import type { LogIndex, NodeId, Term } from "../../wire/types.ts";
import { commandOf, digest, frameOf } from "../wire/cluster.ts";
import { receiverBench } from "./receiver-bench.ts";

const vote = frameOf({ $case: "timeout", value: { term: 5 as Term, node: 2 as NodeId } });
const commitVote = frameOf({
  $case: "commitVote",
  value: { term: 5 as Term, node: 2 as NodeId, index: 7 as LogIndex, hash: digest(1) },
});
const command = commandOf(7, 1, new Uint8Array(1));
const relay = frameOf({ $case: "relay", value: { node: 2 as NodeId, commands: [command] } });

/** Frames that wait in a lane before its entrance stops reading, and before it reads again: actors/receiver.ts. */
const queuedMax = 4096;
const queuedLow = 1024;

test("an entrance stops reading when more than 4096 votes wait, and reads again at 1024", (t) => {
  const bench = receiverBench();
  // Two batches of one are at the verifier, and wait no more.
  for (let i = 0; i < queuedMax + 2; i++) bench.frame("peer", vote);
  const [votes] = bench.state.lanes;
  t.is(votes.queue.length, queuedMax);
  t.deepEqual(bench.holds, []);
  bench.frame("peer", vote);
  t.deepEqual(bench.holds, ["peer held"]);
  // So many that batches of 256 come down to the lower bound exactly.
  while (votes.queue.length < queuedMax + 256) bench.frame("peer", vote);
  t.deepEqual(bench.holds, ["peer held"], "said once");
  while (votes.queue.length > queuedLow) {
    t.deepEqual(bench.holds, ["peer held"]);
    bench.answer();
  }
  t.is(votes.queue.length, queuedLow);
  t.deepEqual(bench.holds, ["peer held", "peer released"]);
  bench.answerAll();
  t.is(bench.posts.length, queuedMax + 256 + 2, "nothing was lost");
});

test("votes beyond a quorum are spare: they wait for it to do without them, and are bounded too", (t) => {
  const bench = receiverBench();
  for (let i = 0; i < 5; i++) bench.frame("peer", commitVote);
  bench.answerAll();
  t.is(bench.posts.length, 2, "with this node's own vote these are a quorum of 4 nodes");
  t.deepEqual(bench.laters, ["later"]);
  bench.mail({ kind: "later" });
  bench.answerAll();
  t.is(bench.posts.length, 5, "the quorum did not come, so they are checked");
  for (let i = 0; i < 3; i++) bench.frame("peer", commitVote);
  bench.mail({ kind: "settled", index: 7 as LogIndex });
  bench.mail({ kind: "later" });
  t.is(bench.open.length, 0, "the quorum came");
  t.is(bench.state.counters["late messages"], 3);
});

test("an entrance stops reading when too many spare votes wait", (t) => {
  const bench = receiverBench();
  for (let i = 0; i < queuedMax + 2; i++) bench.frame("peer", commitVote);
  t.deepEqual(bench.holds, []);
  bench.frame("peer", commitVote);
  t.deepEqual(bench.holds, ["peer held"]);
  for (let i = 0; i < queuedLow + 5; i++) bench.frame("peer", commitVote);
  t.is(bench.state.spare.length, queuedMax + queuedLow, "what had been read before the stop may come on top");
  t.true((bench.state.counters["spare votes dropped"] ?? 0) > 0);
});

test("commands without credit hold the clients' entrance, and never the peers'", (t) => {
  const bench = receiverBench(0);
  for (let i = 0; i < queuedMax; i++) bench.frame("client", command);
  t.deepEqual(bench.holds, []);
  bench.frame("client", command);
  t.deepEqual(bench.holds, ["client held"]);
  t.is(bench.open.length, 0);
  bench.frame("peer", vote);
  t.is(bench.open.length, 1);
  bench.answerAll();
  bench.mail({ kind: "credit", commands: 100_000 });
  bench.answerAll();
  t.deepEqual(bench.holds, ["client held", "client released"]);
});

test("relayed commands beyond what may wait are dropped: votes come by the same entrance", (t) => {
  const bench = receiverBench(0);
  for (let i = 0; i < queuedMax + 10; i++) bench.frame("peer", relay);
  t.is(bench.state.lanes[2].queue.length, queuedMax + 1);
  t.is(bench.state.counters["relays dropped"], 9);
  t.false(bench.state.held.peer);
  t.deepEqual(bench.closes, []);
});
