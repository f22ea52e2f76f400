import test from "ava";
import type { Post } from "../../actors/mailbox.ts";
import { receive, type State, start } from "../../actors/sender.ts";
import type { Outgoing, Recipients } from "../../consensus/protocol.ts";
import { sha256 } from "../../pools/sha256.ts";
import { open } from "../../wire/envelope.ts";
import { putResult } from "../../wire/results.ts";
import { signatureInput } from "../../wire/signature-input.ts";
import type { Body, BodyOf, ClientId, LogIndex, NodeId, RequestId, Term } from "../../wire/types.ts";
import {
  certificateOf,
  cluster,
  commandOf,
  digest,
  electionProofOf,
  engine,
  members,
  nodes,
  pointOf,
  seedOfNode,
} from "../wire/cluster.ts";
import { entriesOf } from "../wire/judge.ts";
import { hexOf, plain } from "../wire/plain.ts";

const self = 1 as NodeId;

type Bench = {
  readonly state: State;
  readonly sent: { readonly to: NodeId; readonly frame: Uint8Array }[];
  readonly send: (message: Outgoing) => readonly Post[];
};

function senderBench(): Bench {
  const sent: Bench["sent"] = [];
  const state = start(
    { cluster, self, validators: nodes, hash: sha256 },
    {
      sign: (message) => engine.sign(message, seedOfNode(self)),
      transmit: (to, frame) => sent.push({ to, frame }),
    },
  );
  return { state, sent, send: (message) => receive(state, { kind: "send", message }) };
}

/** Reads a frame back as another node would: its body, if form and signature are right. */
function readBack(frame: Uint8Array | undefined): Body {
  const opened = open(frame ?? new Uint8Array(0), cluster);
  if (!opened.ok) throw new Error(opened.reason);
  const { signature, signed, signer, body } = opened.value;
  const key = members.validators.get(signer as NodeId) ?? new Uint8Array(32);
  if (!engine.verify(signature, signatureInput(sha256, body.$case, signed), key)) throw new Error("invalid signature");
  return body;
}

const bodyMessage = (body: Body, to: Recipients = "everyone"): Outgoing => ({ kind: "body", to, body });

const hash = digest(1);
const acknowledgement = (term: number): Body => ({
  $case: "appendEntriesResponse",
  value: { term: term as Term, node: self, index: 10 as LogIndex, hash },
});
const commitVote = (term: number): Body => ({
  $case: "commitVote",
  value: { term: term as Term, node: self, index: 10 as LogIndex, hash },
});
const timeout = (term: number): Body => ({ $case: "timeout", value: { term: term as Term, node: self } });
function answer(term: number, candidate: number, granted = true): Body {
  const lock = pointOf(1, 1, hash);
  const value = { term: term as Term, voter: self, candidate: candidate as NodeId, lock, granted };
  return { $case: "requestVoteResponse", value: { ...value, voterLock: undefined } };
}

test("whom a message goes to: everyone but this node, or those who are named", (t) => {
  const cases: readonly [Recipients, number[]][] = [
    ["everyone", [0, 2, 3]],
    ["others", [0, 2, 3]],
    [[2 as NodeId], [2]],
    [[1, 3] as NodeId[], [3]],
    [[], []],
  ];
  for (const [to, expected] of cases) {
    const bench = senderBench();
    bench.send(bodyMessage(timeout(5), to));
    t.deepEqual(
      bench.sent.map((one) => one.to),
      expected as NodeId[],
    );
    for (const { frame } of bench.sent) t.deepEqual(plain(readBack(frame)), plain(timeout(5)));
    t.is(new Set(bench.sent.map(({ frame }) => frame)).size, expected.length > 0 ? 1 : 0, "signed once");
  }
});

test("this node's own votes go to its own actors, with the signature that others get", (t) => {
  const votes: readonly [Body, string][] = [
    [acknowledgement(5), "commit-tracker vote replication"],
    [commitVote(5), "commit-tracker vote commit"],
    [timeout(6), "consensus timeout"],
    [answer(6, 1), "consensus requestVoteResponse"],
  ];
  const bench = senderBench();
  for (const [body, expected] of votes) {
    const [post, ...rest] = bench.send(bodyMessage(body));
    t.deepEqual(rest, []);
    if (post === undefined) return t.fail("no own vote");
    const { to, mail } = post;
    t.is([to, mail.kind, ...(mail.kind === "vote" ? [mail.of] : [])].join(" "), expected);
    if (!("signature" in mail)) return t.fail("no signature");
    const opened = open(bench.sent.at(-1)?.frame ?? new Uint8Array(0), cluster);
    t.true(opened.ok && hexOf(opened.value.signature) === hexOf(mail.signature));
    t.deepEqual(plain(mail.kind === "vote" ? mail.vote : mail.value), plain(body.value));
    t.deepEqual(bench.send(bodyMessage(body, "others")), []);
  }
  t.is(bench.send(bodyMessage(timeout(7), [1 as NodeId])).length, 1);
  t.is(bench.send(bodyMessage(timeout(7), [2 as NodeId])).length, 0);
  return undefined;
});

test("only votes may be sent to oneself", (t) => {
  const value = { term: 5 as Term, node: self, lastIndex: 1 as LogIndex, lastHash: hash, commitIndex: 1 as LogIndex };
  const bench = senderBench();
  t.throws(() => bench.send(bodyMessage({ $case: "nack", value })), { message: "nack is not a vote" });
});

const votes: readonly [string, (term: number) => Body][] = [
  ["an AER", acknowledgement],
  ["a CV", commitVote],
  ["a vote", (term) => answer(term, 2)],
  ["a refusal", (term) => answer(term, 3, false)],
];

for (const [what, vote] of votes) {
  test(`guard: ${what} of a lower term is not signed`, (t) => {
    for (const [, earlier] of votes) {
      const bench = senderBench();
      bench.send(bodyMessage(earlier(5), "others"));
      const sentBefore = bench.sent.length;
      t.throws(() => bench.send(bodyMessage(vote(4), "others")), {
        message: "refused to sign for term 4 after term 5",
      });
      t.is(bench.sent.length, sentBefore, "nothing left");
      t.notThrows(() => bench.send(bodyMessage(vote(5), "others")));
      t.notThrows(() => bench.send(bodyMessage(vote(6), "others")));
    }
  });
}

test("guard: one vote in a term, for one candidate; it may be repeated, and others refused", (t) => {
  const bench = senderBench();
  bench.send(bodyMessage(answer(5, 2), "others"));
  bench.send(bodyMessage(answer(5, 2), "others"));
  bench.send(bodyMessage(answer(5, 3, false), "others"));
  const sentBefore = bench.sent.length;
  const second = { message: "refused to sign a second vote in term 5" };
  t.throws(() => bench.send(bodyMessage(answer(5, 3), "others")), second);
  t.throws(() => bench.send(bodyMessage(answer(5, 1), "others")), second);
  bench.send(bodyMessage(acknowledgement(5), "others"));
  t.throws(() => bench.send(bodyMessage(answer(5, 0), "others")), second);
  t.is(bench.sent.length, sentBefore + 3);
  bench.send(bodyMessage(answer(6, 3), "others"));
  t.throws(() => bench.send(bodyMessage(answer(6, 2), "others")), { message: /second vote in term 6/ });
});

test("guard: timeouts promise nothing, and may be of any term", (t) => {
  const bench = senderBench();
  bench.send(bodyMessage(acknowledgement(9), "others"));
  t.notThrows(() => bench.send(bodyMessage(timeout(3), "others")));
});

const commands = [
  commandOf(7, 1, new Uint8Array([1, 2])),
  commandOf(8, 4, new Uint8Array(0)),
  commandOf(7, 2, digest(3)),
];
const entries = entriesOf(commands, [2, 3, 5]);
const wireEntries = commands.map((command, i) => ({ term: [2, 3, 5][i], command }));

test("an AE reads back as its header and its entries, commands verbatim", (t) => {
  const header = {
    term: 5 as Term,
    leader: self,
    prevIndex: 7 as LogIndex,
    prevHash: digest(7),
    endHash: digest(8),
    proof: electionProofOf(5, self, pointOf(2, 3, digest(4))),
  };
  const bench = senderBench();
  bench.send({ kind: "append", to: "others", header, entries });
  bench.send({ kind: "append", to: "others", header: { ...header, proof: undefined }, entries: undefined });
  t.deepEqual(plain(readBack(bench.sent[0]?.frame).value), plain({ ...header, entries: wireEntries }));
  t.deepEqual(plain(readBack(bench.sent[3]?.frame).value), plain({ ...header, proof: undefined, entries: [] }));
});

test("a relay reads back as the commands, verbatim", (t) => {
  const bench = senderBench();
  bench.send({ kind: "relay", to: [3 as NodeId], entries });
  const { $case, value } = readBack(bench.sent[0]?.frame);
  t.is($case, "relay");
  t.deepEqual(plain(value), plain({ node: self, commands }));
});

test("a SYNC answer reads back as the entries of all its segments, and its certificate", (t) => {
  const hashes = new Uint8Array(3 * 32);
  const segments = [4, 7].map((first) => ({ first: first as LogIndex, entries, hashes }));
  const end = { $case: "replication", value: certificateOf("replication", pointOf(5, 9, digest(9))) } as const;
  const header = { prevIndex: 3 as LogIndex, prevHash: digest(3) };
  const bench = senderBench();
  bench.send({ kind: "sync", to: [0 as NodeId], ...header, segments, end });
  const { $case, value } = readBack(bench.sent[0]?.frame);
  t.is($case, "syncResponse");
  t.deepEqual(plain(value), plain({ node: self, ...header, entries: [...wireEntries, ...wireEntries], end }));
});

test("results are signed and go to the receiver, which has the client's connection", (t) => {
  const client = 7 as ClientId;
  const results = [
    { request: 4 as RequestId, index: 10 as LogIndex, outcome: new Uint8Array([1]) },
    { request: 5 as RequestId, index: 11 as LogIndex, outcome: new Uint8Array(0) },
  ];
  const encoded = new Uint8Array(100);
  let end = 0;
  for (const { request, index, outcome } of results) end = putResult(encoded, end, request, index, outcome);
  const bench = senderBench();
  const response = (): BodyOf<"commandResponse"> => {
    const [post] = receive(bench.state, { kind: "results", client, results: encoded.subarray(0, end) });
    if (post?.mail.kind !== "reply" || post.to !== "receiver") throw new Error("no reply");
    t.is(post.mail.client, client);
    const body = readBack(post.mail.frame);
    if (body.$case !== "commandResponse") throw new Error("no response");
    return body.value;
  };
  t.deepEqual(plain(response()), plain({ node: self, client, results, leading: false }));
  const header = { term: 5 as Term, leader: self, prevIndex: 7 as LogIndex, prevHash: hash, endHash: hash };
  bench.send({ kind: "append", to: "others", header: { ...header, proof: undefined }, entries: undefined });
  t.true(response().leading);
  bench.send(bodyMessage(acknowledgement(5), "others"));
  t.true(response().leading);
  bench.send(bodyMessage(acknowledgement(6), "others"));
  t.false(response().leading, "somebody else leads a later term");
  t.deepEqual(
    bench.sent.filter(({ to }) => to === self),
    [],
  );
});
