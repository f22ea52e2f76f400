import test from "ava";
import { type Io, letGo, type Mail, receive, type State, start } from "../../actors/consensus.ts";
import type { Post } from "../../actors/mailbox.ts";
import { lastHash } from "../../consensus/tail.ts";
import type { LogIndex, NodeId } from "../../wire/types.ts";
import { append, certificate, config, none, proof } from "../consensus/bench.ts";

const io: Io = {
  note: () => undefined,
  forgotten: (what) => {
    throw new Error(`forgotten: ${what}`);
  },
};

/** A follower of node 1 in term 1 that has accepted one entry for each request. */
function follower(...requests: number[]): State {
  const state = start({ core: config, durable: none }, io);
  receive(state, append(state.core, 1, 1, [], { proof: proof(1, 1) }));
  for (const request of requests) receive(state, append(state.core, 1, 1, [request]));
  return state;
}

/** What goes to the log, by the parts that each write has. */
function logged(posts: readonly Post[]): string[] {
  return posts.flatMap(({ to, mail }) => {
    if (to !== "log") return [];
    return [mail.kind === "write" ? Object.keys(mail.write).join("+") : mail.kind];
  });
}

const tick: Mail = { kind: "tick" };
const committed = (state: State): Mail => ({
  kind: "committed",
  certificate: certificate(1, 1, lastHash(state.core.tail)),
});

test("a commit certificate alone goes to the log along with the next write, before it", (t) => {
  const state = follower(1);
  const posts = receive(state, committed(state));
  t.deepEqual(logged(posts), []);
  t.deepEqual(
    posts.map(({ to, mail }) => `${mail.kind} to ${to}`),
    ["apply to applier", "settled to commit-tracker", "settled to receiver"],
    "nothing else waits",
  );
  t.deepEqual(logged(receive(state, append(state.core, 1, 1, [2]))), ["commit", "append+acknowledged"]);
  t.deepEqual(letGo(state), []);
});

test("a commit certificate waits for company five ticks at most", (t) => {
  const state = follower(1);
  receive(state, committed(state));
  const ticks = Array.from({ length: 6 }, () => logged(receive(state, tick)).join());
  t.deepEqual(ticks, ["", "", "", "", "commit", ""]);
});

test("what is committed is with the log before it is asked to serve it", (t) => {
  const state = follower(1);
  receive(state, committed(state));
  const posts = receive(state, {
    kind: "syncRequest",
    value: { node: 3 as NodeId, fromIndex: 1 as LogIndex, want: undefined },
  });
  t.deepEqual(logged(posts), ["commit", "serve"]);
});

test("at its end a node lets go what it holds back", (t) => {
  const state = follower(1);
  receive(state, committed(state));
  t.deepEqual(logged(letGo(state)), ["commit"]);
  t.deepEqual(letGo(state), []);
});

test("what peers show it that it has signed and forgotten goes to its host, which ends it", (t) => {
  const state = start({ core: { ...config, self: 1 as NodeId }, durable: none }, io);
  const shown = append(state.core, 3, 2, [], { proof: proof(3, 2) });
  t.throws(() => receive(state, shown), { message: "forgotten: its vote for node 2 in term 3" });
});
