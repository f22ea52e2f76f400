import test from "ava";
import { type Admitted, admit, type Entrance } from "../../actors/admission.ts";
import { type CommandRows, column, numberAt, rowCount } from "../../actors/command-rows.ts";
import { commandBytesMax } from "../../wire/limits.ts";
import type { Body, BodyCase, ClientId, NodeId, RequestId, Term } from "../../wire/types.ts";
import { bodies, bodyOf } from "../wire/bodies.ts";
import { commandOf, digest, engine, frameOf, isClients, members, seedOfClient } from "../wire/cluster.ts";
import { judge, postsOf, reasonAgainst } from "../wire/judge.ts";
import { hexOf } from "../wire/plain.ts";

function admitted(entrance: Entrance, frame: Uint8Array): Admitted {
  const result = admit(members, entrance, frame);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

function refusal(entrance: Entrance, frame: Uint8Array): string {
  const result = admit(members, entrance, frame);
  return result.ok ? "" : result.reason;
}

test("every kind of message comes in by one entrance and not by the other", (t) => {
  for (const body of bodies) {
    const [own, other] = isClients(body) ? (["client", "peer"] as const) : (["peer", "client"] as const);
    t.is(refusal(own, frameOf(body)), "");
    t.is(refusal(other, frameOf(body)), `${body.$case} at the ${other} entrance`);
  }
});

/** What rows say, as views of their frame. */
function rowsOf(frame: Uint8Array, commands: CommandRows) {
  return commands.keys.map((key, row) => {
    const at = (name: keyof typeof column) => numberAt(commands, row, column[name]);
    return {
      key,
      bytes: frame.subarray(at("start"), at("end")),
      signed: frame.subarray(at("signedStart"), at("signedEnd")),
      signature: frame.subarray(at("signatureStart"), at("signatureStart") + 64),
      payload: frame.subarray(at("payloadStart"), at("payloadEnd")),
      client: at("client"),
      request: at("request"),
      term: at("term"),
    };
  });
}

/** Sender's signature and those in certificates; commands. */
const load: { readonly [Case in BodyCase]: readonly [lane: number, checks: number, commands: number] } = {
  appendEntriesResponse: [0, 1, 0],
  commitVote: [0, 1, 0],
  nack: [0, 1, 0],
  timeout: [0, 1, 0],
  requestVote: [0, 7, 0],
  requestVoteResponse: [0, 4, 0],
  syncRequest: [0, 1, 0],
  commandResponse: [0, 1, 0],
  appendEntries: [1, 4, 2],
  syncResponse: [1, 4, 2],
  command: [2, 0, 1],
  commandBatch: [2, 1, 2],
  hello: [2, 1, 0],
  query: [2, 1, 0],
  queryResponse: [0, 1, 0],
  relay: [2, 1, 3],
};

for (const body of bodies) {
  test(`${body.$case}: its lane, and all signatures it brings`, (t) => {
    const frame = frameOf(body);
    const { lane, checks, commands, malformedCommands } = admitted(isClients(body) ? "client" : "peer", frame);
    t.deepEqual([lane, checks.length, rowCount(commands)], load[body.$case]);
    t.is(malformedCommands, 0);
    for (const check of checks) t.true(engine.verify(check.signature, check.message, check.key));
    for (const { signature, signed, key } of rowsOf(frame, commands)) t.true(engine.verify(signature, signed, key));
  });
}

test("nobody unknown comes in", (t) => {
  const stranger = { seed: seedOfClient(8) };
  const timeout: Body = { $case: "timeout", value: { term: 5 as Term, node: 9 as NodeId } };
  const command: Body = {
    $case: "command",
    value: { client: 9 as ClientId, request: 1 as RequestId, payload: new Uint8Array(0) },
  };
  const hello: Body = { $case: "hello", value: { client: 0 as ClientId, node: 0 as NodeId } };
  t.is(refusal("peer", frameOf(timeout, stranger)), "unknown peer");
  t.is(refusal("client", frameOf(command, stranger)), "unknown client");
  t.is(refusal("client", frameOf(hello, stranger)), "unknown client");
});

test("what cannot be opened is refused with the reason", (t) => {
  t.is(refusal("peer", new Uint8Array(10)), "malformed envelope");
  t.is(refusal("client", new Uint8Array(0)), "signature is not 64 bytes");
});

const good = commandOf(8, 5, new Uint8Array([1, 2, 3]));
const last = commandOf(7, 6, new Uint8Array(0));
const oversize = ((): Uint8Array => {
  const bytes = new Uint8Array(commandBytesMax + 1);
  bytes.set(good);
  return bytes;
})();
const noCommands: readonly [string, Uint8Array][] = [
  ["nothing", new Uint8Array(0)],
  ["random bytes", new Uint8Array(100).fill(0xaa)],
  ["a cut command", good.subarray(0, good.length - 1)],
  ["a command with a byte more", Uint8Array.of(...good, 0)],
  ["another cluster's command", commandOf(8, 5, new Uint8Array(3), { cluster: digest(9) })],
  ["a command under another tag", commandOf(8, 5, new Uint8Array(3), { domain: "juno/hello" })],
  ["a command in another's name", commandOf(8, 5, new Uint8Array(3), { signer: 7, seed: seedOfClient(7) })],
  ["an unknown client's command", commandOf(9, 5, new Uint8Array(3), { seed: seedOfClient(7) })],
  ["a HELLO", frameOf(bodyOf("hello"))],
  ["a batch inside the batch", frameOf(bodyOf("commandBatch"))],
  ["a node's vote", frameOf(bodyOf("commitVote"))],
  ["more bytes than a command may have", oversize],
];

const relayOf = (commands: readonly Uint8Array[]): Uint8Array =>
  frameOf({ $case: "relay", value: { node: 2 as NodeId, commands } });
const batchOf = (commands: readonly Uint8Array[]): Uint8Array =>
  frameOf({ $case: "commandBatch", value: { client: 7 as ClientId, commands } });

function appendOf(commands: readonly Uint8Array[]): Uint8Array {
  const { $case, value } = bodyOf("appendEntries");
  return frameOf({ $case, value: { ...value, entries: commands.map((command) => ({ term: 5 as Term, command })) } });
}

function syncOf(commands: readonly Uint8Array[]): Uint8Array {
  const { $case, value } = bodyOf("syncResponse");
  return frameOf({ $case, value: { ...value, entries: commands.map((command) => ({ term: 5 as Term, command })) } });
}

for (const [what, bytes] of noCommands) {
  test(`${what} among commands: harms no other where clients' commands come, and the whole of an AE or SYNC`, (t) => {
    t.is(admitted("peer", relayOf([good, bytes, last])).malformedCommands, 1);
    const [relayed] = postsOf("peer", relayOf([good, bytes, last]));
    t.true(relayed?.mail.kind === "commands" && relayed.mail.entries.count === 2);
    t.is(reasonAgainst("peer", relayOf([good, bytes, last])), "malformed command");

    t.is(admitted("client", batchOf([bytes, last])).malformedCommands, 1);
    const [batched] = postsOf("client", batchOf([bytes, last]));
    t.true(batched?.mail.kind === "commands" && batched.mail.entries.count === 1);

    t.deepEqual(
      postsOf("peer", appendOf([good, bytes, last])).map(({ mail }) => mail.kind),
      ["invalidAppend"],
    );
    t.deepEqual(postsOf("peer", syncOf([good, bytes, last])), []);
  });
}

test("a batch brings commands of its own client only", (t) => {
  const { commands, malformedCommands } = admitted("client", batchOf([good, last]));
  t.is(malformedCommands, 1);
  t.deepEqual(
    rowsOf(new Uint8Array(0), commands).map(({ client, request }) => [client, request]),
    [[7, 6]],
  );
});

test("a forged signature among commands harms as much as no command at all", (t) => {
  const forged = commandOf(7, 7, new Uint8Array(3), { seed: seedOfClient(8) });
  const [relayed] = postsOf("peer", relayOf([good, forged, last]));
  t.true(relayed?.mail.kind === "commands" && relayed.mail.entries.count === 2);
  t.is(reasonAgainst("peer", relayOf([good, forged, last])), "command with an invalid signature");
  const [append] = postsOf("peer", appendOf([good, forged, last]));
  t.true(append?.mail.kind === "invalidAppend");
  if (append?.mail.kind === "invalidAppend") {
    const { leader, term, frame } = append.mail;
    t.deepEqual([leader, term], [1 as NodeId, 5 as Term]);
    t.is(hexOf(frame), hexOf(appendOf([good, forged, last])), "kept verbatim, as evidence");
  }
  t.deepEqual(postsOf("peer", syncOf([good, forged, last])), []);
});

test("commands are places in the frame, with what they say beside them", (t) => {
  const frame = appendOf([good, last]);
  const { commands } = admitted("peer", frame);
  t.deepEqual(
    rowsOf(frame, commands).map(({ bytes, payload, client, request, term }) => [
      hexOf(bytes),
      hexOf(payload),
      client,
      request,
      term,
    ]),
    [
      [hexOf(good), "010203", 8, 5, 5],
      [hexOf(last), "", 7, 6, 5],
    ],
  );
});

test("what each message becomes once it is verified", (t) => {
  const becomes = bodies.map((body) => {
    const judgement = judge(isClients(body) ? "client" : "peer", frameOf(body));
    if ("refused" in judgement) throw new Error(judgement.refused);
    return [body.$case, ...judgement.posts.map(({ to, mail }) => `${to} ${mail.kind}`)].join(": ");
  });
  t.deepEqual(becomes, [
    "command: consensus commands",
    "commandBatch: consensus commands",
    "hello",
    "commandResponse",
    "query: applier query",
    "queryResponse",
    "relay: consensus commands",
    "appendEntries: consensus appendEntries",
    "appendEntriesResponse: commit-tracker vote",
    "nack: consensus nack",
    "commitVote: commit-tracker vote",
    "timeout: consensus timeout",
    "requestVote: consensus requestVote",
    "requestVoteResponse: consensus requestVoteResponse",
    "syncRequest: consensus syncRequest",
    "syncResponse: consensus syncResponse",
  ]);
});

test("posting mail about votes drags nothing along but its own small frame", (t) => {
  const frame = frameOf(bodyOf("appendEntriesResponse"));
  const [post] = postsOf("peer", frame);
  if (post?.mail.kind !== "vote") return t.fail("no vote");
  const { vote, signature } = post.mail;
  t.true(vote.hash.buffer === signature.buffer, "one piece of memory, cloned once");
  t.is(vote.hash.buffer.byteLength, frame.length);
  return undefined;
});
