import test from "ava";
import type { ClientId, NodeId } from "../../wire/types.ts";
import { bodyOf } from "../wire/bodies.ts";
import { commandOf, frameOf } from "../wire/cluster.ts";
import { type Bench, receiverBench } from "./receiver-bench.ts";

const helloOf = (client: number): Uint8Array =>
  frameOf({ $case: "hello", value: { client: client as ClientId, node: 0 as NodeId } });
const answerFrame = frameOf(bodyOf("commandResponse"));

function hello(bench: Bench, client: number, connection: number): void {
  bench.frame("client", helloOf(client), connection);
  bench.answerAll();
}

/** The connections on which an answer for this client goes out. */
function answered(bench: Bench, client: number): number[] {
  bench.replies.length = 0;
  bench.mail({ kind: "reply", client: client as ClientId, frame: answerFrame });
  return bench.replies.map(({ connection }) => connection);
}

test("answers go to a client's connections only after its HELLO is verified", (t) => {
  const bench = receiverBench();
  bench.frame("client", commandOf(7, 1, new Uint8Array(1)), 1);
  bench.answerAll();
  t.deepEqual(answered(bench, 7), []);
  bench.frame("client", helloOf(7), 1);
  t.deepEqual(answered(bench, 7), []);
  bench.answerAll();
  t.deepEqual(answered(bench, 7), [1]);
  t.is(bench.replies[0]?.frame, answerFrame);
  t.deepEqual(answered(bench, 8), []);
});

test("several clients may share a connection, and a client have several", (t) => {
  const bench = receiverBench();
  hello(bench, 7, 1);
  hello(bench, 8, 1);
  hello(bench, 7, 2);
  t.deepEqual(answered(bench, 7), [1, 2]);
  t.deepEqual(answered(bench, 8), [1]);
});

test("a HELLO in another's name brings nobody's answers", (t) => {
  const bench = receiverBench();
  bench.frame("client", frameOf(bodyOf("hello"), { signer: 8 }), 3);
  t.is(bench.open.length, 0);
  t.deepEqual(answered(bench, 7), []);
  t.deepEqual(answered(bench, 8), []);
});

test("a connection said hello on twice gets each answer once", (t) => {
  const bench = receiverBench();
  for (const connection of [1, 2, 1]) hello(bench, 7, connection);
  t.deepEqual(answered(bench, 7), [2, 1]);
});

test("the newest eight connections of a client get its answers", (t) => {
  const bench = receiverBench();
  for (let connection = 1; connection <= 8; connection++) hello(bench, 7, connection);
  t.deepEqual(answered(bench, 7), [1, 2, 3, 4, 5, 6, 7, 8]);
  hello(bench, 7, 9);
  t.deepEqual(answered(bench, 7), [2, 3, 4, 5, 6, 7, 8, 9]);
});

test("a connection that is closed is forgotten, for every client on it", (t) => {
  const bench = receiverBench();
  hello(bench, 7, 1);
  hello(bench, 8, 1);
  hello(bench, 7, 2);
  bench.mail({ kind: "closed", connection: 1 });
  t.deepEqual(answered(bench, 7), [2]);
  t.deepEqual(answered(bench, 8), []);
  bench.mail({ kind: "closed", connection: 99 });
  t.deepEqual(answered(bench, 7), [2]);
});
