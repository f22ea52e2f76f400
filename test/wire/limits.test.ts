import test from "ava";
import { encodeEnvelope, open } from "../../wire/envelope.ts";
import {
  certificateBytesMax,
  commandBytesMax,
  commandsPerMessageMax,
  controlBytesMax,
  frameBytesMax,
  payloadBytesMax,
  questionBytesMax,
  validatorsMax,
} from "../../wire/limits.ts";
import type { Body, ClientId, Digest, Endorsement, NodeId, Signature, Term } from "../../wire/types.ts";
import { bodyOf } from "./bodies.ts";
import { cluster, commandOf, frameOf } from "./cluster.ts";
import { block, bytesOf, type Field, scalar, tag, text } from "./raw-message.ts";

const malformed = "malformed or non-canonical message";

function verdictOn(frame: Uint8Array): string {
  const result = open(frame, cluster);
  return result.ok ? "" : result.reason;
}

const verdict = (body: Body): string => verdictOn(frameOf(body));
const around = (max: number): number[] => [max - 1, max, max + 1];
const times = <T>(count: number, item: T): T[] => new Array<T>(count).fill(item);

test("payload: at most 64 KiB, and the command that carries it stays within its own limit", (t) => {
  const frames = around(payloadBytesMax).map((bytes) => commandOf(8, Number.MAX_SAFE_INTEGER, new Uint8Array(bytes)));
  t.deepEqual(frames.map(verdictOn), ["", "", "payload too large"]);
  t.true((frames[1]?.length ?? 0) <= commandBytesMax);
});

const command = commandOf(7, 1, new Uint8Array(0));
const counted: readonly [string, (count: number) => Body][] = [
  [
    "commands of a batch",
    (count) => ({ ...bodyOf("commandBatch"), value: { client: 7 as ClientId, commands: times(count, command) } }),
  ],
  [
    "commands of a relay",
    (count) => ({ ...bodyOf("relay"), value: { node: 2 as NodeId, commands: times(count, command) } }),
  ],
];

for (const [what, bodyWith] of counted) {
  test(`${what}: from 1 to 8192`, (t) => {
    t.is(commandsPerMessageMax, 8192);
    t.deepEqual(
      around(commandsPerMessageMax).map((count) => verdict(bodyWith(count))),
      ["", "", malformed],
    );
    t.deepEqual(
      [0, 1].map((count) => verdict(bodyWith(count))),
      ["empty batch", ""],
    );
  });
}

test("a question: at most 8 KiB", (t) => {
  const query = bodyOf("query");
  const said = (length: number): string =>
    verdict({ ...query, value: { ...query.value, question: new Uint8Array(length) } });
  t.deepEqual(around(questionBytesMax).map(said), ["", "", "question too large"]);
});

test("entries and results: at most 8192", (t) => {
  const entry = { term: 1 as Term, command };
  const append = bodyOf("appendEntries");
  const sync = bodyOf("syncResponse");
  const response = bodyOf("commandResponse");
  const [result] = response.value.results;
  const said = (count: number): string[] => [
    verdict({ ...append, value: { ...append.value, entries: times(count, entry) } }),
    verdict({ ...sync, value: { ...sync.value, entries: times(count, entry) } }),
    verdict({ ...response, value: { ...response.value, results: result === undefined ? [] : times(count, result) } }),
  ];
  t.deepEqual(around(commandsPerMessageMax).map(said), [
    ["", "", ""],
    ["", "", ""],
    [malformed, malformed, malformed],
  ]);
});

test("endorsements: at most 64, in every certificate", (t) => {
  const endorsements = (count: number): Endorsement[] =>
    Array.from({ length: count }, (_, i) => ({
      node: (2 ** 32 - 100 + i) as NodeId,
      signature: new Uint8Array(64).fill(0xff) as Signature,
    }));
  const append = bodyOf("appendEntries");
  const request = bodyOf("requestVote");
  const response = bodyOf("requestVoteResponse");
  const sync = bodyOf("syncResponse");
  const { proof } = append.value;
  const { lock, timeout } = request.value;
  const { voterLock } = response.value;
  const { end } = sync.value;
  if (!proof || !lock || !timeout || !voterLock || !end) return t.fail("a certificate is missing");
  const said = (count: number): string[] => {
    const own = { endorsements: endorsements(count) };
    return [
      verdict({ ...append, value: { ...append.value, proof: { ...proof, ...own } } }),
      verdict({ ...request, value: { ...request.value, lock: { ...lock, ...own } } }),
      verdict({ ...request, value: { ...request.value, timeout: { ...timeout, ...own } } }),
      verdict({ ...response, value: { ...response.value, voterLock: { ...voterLock, ...own } } }),
      verdict({ ...sync, value: { ...sync.value, end: { ...end, value: { ...end.value, ...own } } } }),
    ];
  };
  t.is(validatorsMax, 64);
  t.deepEqual(around(validatorsMax).map(said), [times(5, ""), times(5, ""), times(5, malformed)]);
  return undefined;
});

test("a frame: at most 4 MiB", (t) => {
  const relay = (bytes: number): Uint8Array => {
    const commands = [new Uint8Array(frameBytesMax - 1000), new Uint8Array(bytes)];
    return frameOf({ $case: "relay", value: { node: 2 as NodeId, commands } });
  };
  const rest = frameBytesMax - relay(500).length + 500;
  const frames = around(rest).map(relay);
  t.deepEqual(
    frames.map((frame) => frame.length),
    around(frameBytesMax),
  );
  t.deepEqual(frames.map(verdictOn), ["", "", "frame too large"]);
});

test("a control message: at most 32 KiB, said before anything else of it", (t) => {
  const vote = bodyOf("appendEntriesResponse");
  const frame = (bytes: number): Uint8Array =>
    frameOf({ ...vote, value: { ...vote.value, hash: new Uint8Array(bytes) as Digest } });
  const signedBytes = (bytes: number): number => {
    const result = frame(bytes).length;
    // Behind the signed bytes: tag and length of the signature, and itself; before them: tag and length.
    return result - 66 - 4;
  };
  const hashBytes = controlBytesMax - signedBytes(20_000) + 20_000;
  t.deepEqual(around(hashBytes).map(signedBytes), around(controlBytesMax));
  const digestFlaw = "digest is not 32 bytes";
  t.deepEqual(
    around(hashBytes).map((bytes) => verdictOn(frame(bytes))),
    [digestFlaw, digestFlaw, "message too large"],
  );
});

test("a certificate: at most 8 KiB, so that none is built that is larger", (t) => {
  const response = bodyOf("requestVoteResponse");
  const { voterLock } = response.value;
  if (voterLock === undefined) return t.fail("no lock");
  const said = (bytes: number): string =>
    verdict({
      ...response,
      value: { ...response.value, voterLock: { ...voterLock, hash: new Uint8Array(bytes) as Digest } },
    });
  // Term and index take 2 and 3 bytes, each endorsement 70 but node 0's 68, the hash 3 and itself.
  const endorsed = voterLock.endorsements.reduce((sum, { node }) => sum + (node === 0 ? 68 : 70), 0);
  const hashBytes = certificateBytesMax - endorsed - 8;
  t.deepEqual(around(hashBytes).map(said), ["digest is not 32 bytes", "digest is not 32 bytes", malformed]);
  return undefined;
});

test("digests and signatures: exactly 32 and 64 bytes", (t) => {
  for (const bytes of [0, 31, 33]) {
    const hash = new Uint8Array(bytes) as Digest;
    const append = bodyOf("appendEntries");
    const nack = bodyOf("nack");
    const sync = bodyOf("syncRequest");
    t.is(verdict({ ...append, value: { ...append.value, prevHash: hash } }), "digest is not 32 bytes");
    t.is(verdict({ ...append, value: { ...append.value, endHash: hash } }), "digest is not 32 bytes");
    t.is(verdict({ ...nack, value: { ...nack.value, lastHash: hash } }), "digest is not 32 bytes");
    const want = sync.value.want && { ...sync.value.want, hash };
    t.is(verdict({ ...sync, value: { ...sync.value, want } }), "digest is not 32 bytes");
  }
  const request = bodyOf("requestVote");
  for (const bytes of [0, 63, 65]) {
    const endorsements = [{ node: 1 as NodeId, signature: new Uint8Array(bytes) as Signature }];
    const timeout = { term: 5 as Term, endorsements };
    t.is(verdict({ ...request, value: { ...request.value, timeout } }), "signature is not 64 bytes");
  }
});

// Decoded first, each would be two million objects before anybody counted them.
const flood = (item: Field): Field => {
  const bytes = new Uint8Array(frameBytesMax - 2000);
  for (let at = 0; at + item.length <= bytes.length; at += item.length) bytes.set(item, at);
  return Array.from(bytes.subarray(0, bytes.length - (bytes.length % item.length)));
};
const nothing = (number: number): Field => [...tag(number, 2), 0];
const floods: readonly [string, number, string, Field][] = [
  ["entries of an AE", 20, "juno/ae", [...scalar(1, 5), ...scalar(2, 2), ...flood(nothing(5))]],
  ["entries of an answer to SYNC", 28, "juno/sync!", flood(nothing(4))],
  ["commands of a relay", 14, "juno/relay", [...scalar(1, 2), ...flood(nothing(2))]],
  ["commands of a batch", 11, "juno/cmdb", flood(nothing(2))],
  ["results", 13, "juno/cmdr", flood(nothing(3))],
  ["endorsements", 25, "juno/rv", block(4, flood(nothing(2)))],
  ["endorsements of the largest certificate", 25, "juno/rv", block(4, flood(nothing(2)).slice(0, certificateBytesMax))],
];

for (const [what, number, domain, content] of floods) {
  test(`millions of empty ${what} are refused before they are decoded`, (t) => {
    const signed = bytesOf(text(1, domain), block(2, cluster), scalar(3, 2), block(number, content));
    const frame = encodeEnvelope(signed, new Uint8Array(64));
    t.true(frame.length <= frameBytesMax);
    const start = performance.now();
    // The reason of the scan over the bytes; everything that is decided after decoding has another.
    t.is(verdictOn(frame), malformed);
    t.true(performance.now() - start < 500);
  });
}
