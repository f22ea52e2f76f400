/** What comes off the wire: frames, envelopes, each kind of message, commands, certificates, answers to a client. */
import { isDeepStrictEqual } from "node:util";
import { type Admitted, admit } from "../../../actors/admission.ts";
import { pack } from "../../../actors/verification.ts";
import { createMatching, takeFrame } from "../../../client/matching.ts";
import { addRequest, createPending } from "../../../client/pending.ts";
import { createFrameReader, encodeFrames, type Framing } from "../../../cluster/nng/frame.ts";
import { encodeHello, parseHello } from "../../../cluster/nng/hello.ts";
import { flawOfCertificate } from "../../../ledger/certificate-flaw.ts";
import { sha256 } from "../../../ledger/sha256.ts";
import { certificateOf, encodeCertificate } from "../../../ledger/state-row.ts";
import { checkCount } from "../../../pools/signature-batch.ts";
import { createCommandReader } from "../../../wire/command-reader.ts";
import { decode, encodeEnvelope, encodeSigned, type Opened, open } from "../../../wire/envelope.ts";
import { Envelope, Signed } from "../../../wire/gen/juno.ts";
import { decodeGenesis, encodeGenesis } from "../../../wire/genesis.ts";
import type { ClientId, NodeId, RequestId } from "../../../wire/types.ts";
import { bodies, bodyOf } from "../../wire/bodies.ts";
import {
  cluster,
  commandOf,
  digest,
  engine,
  frameOf,
  genesis,
  certificateOf as makeCertificate,
  members,
  pointOf,
} from "../../wire/cluster.ts";
import { openedBothWays } from "../../wire/opened-both-ways.ts";
import { joined } from "../mutate.ts";
import type { Target, Verdict } from "../target.ts";

const frames: readonly Uint8Array[] = bodies.map((body) => frameOf(body));
const dummySignature = new Uint8Array(64).fill(7);

/** What `open` takes must be what decoding and encoding again gives: one accepted form, told by two decoders. */
function openBoth(frame: Uint8Array): { readonly verdict: Verdict; readonly opened: Opened | undefined } {
  const result = open(frame, cluster);
  const { whole, inPlace } = openedBothWays(frame);
  if (!isDeepStrictEqual(whole, inPlace)) throw new Error("in place it is another message");
  const envelope = decode(Envelope, frame);
  const signed = envelope === undefined ? undefined : decode(Signed, envelope.signed);
  if (!result.ok) return { verdict: result.reason, opened: undefined };
  if (signed === undefined) throw new Error("accepted a frame that is not written back as it was");
  const { body, signer, signature } = result.value;
  const again = encodeEnvelope(encodeSigned(cluster, signer, body), signature);
  if (Buffer.compare(again, frame) !== 0) throw new Error("accepted a frame of another form");
  return { verdict: `accepted ${body.$case}`, opened: result.value };
}

function admitBoth(frame: Uint8Array): Verdict {
  const admitted = (["peer", "client"] as const).map((entrance) => admit(members, entrance, frame));
  const passed = admitted.flatMap((one): Admitted[] => (one.ok ? [one.value] : []));
  for (const one of passed) {
    const { batch } = pack([{ admitted: one, connection: 1 }], "own");
    if (checkCount(batch) !== one.checks.length + one.commands.keys.length)
      throw new Error("a signature that nobody checks");
  }
  return admitted.map((one) => (one.ok ? `in, lane ${one.value.lane}` : one.reason)).join("; ");
}

const envelopes: Target = {
  name: "envelope",
  form: "protobuf",
  examples: frames,
  take: (frame) => openBoth(frame).verdict,
};

const admission: Target = { name: "admission", form: "protobuf", examples: frames, take: admitBoth };

/** By kind: the signed bytes alone, so that all changes go into the message and none into its wrapping. */
const eachMessage: readonly Target[] = bodies.map((body) => ({
  name: `message-${body.$case}`,
  form: "protobuf",
  examples: [decode(Envelope, frameOf(body))?.signed ?? new Uint8Array()],
  take: (signed) => {
    const frame = encodeEnvelope(signed, dummySignature);
    const { verdict, opened } = openBoth(frame);
    return opened === undefined ? verdict : `${verdict}: ${admitBoth(frame)}`;
  },
}));

/** The reader in place, against the general decoder: it takes commands, and only those. */
const commandInPlace: Target = {
  name: "command-in-place",
  form: "protobuf",
  examples: [commandOf(7, 1, Buffer.from("create a")), commandOf(8, 2 ** 40, new Uint8Array()), ...frames.slice(0, 2)],
  take: (bytes) => {
    const reader = createCommandReader(cluster);
    const read = reader.read(bytes, 0, bytes.length);
    const opened = open(bytes, cluster);
    const isCommand = opened.ok && opened.value.body.$case === "command";
    if (read !== isCommand) throw new Error(`in place ${read}, by the codec ${isCommand}`);
    if (!opened.ok || opened.value.body.$case !== "command") return opened.ok ? "another message" : opened.reason;
    const { client, request, payload } = opened.value.body.value;
    const same = Buffer.compare(bytes.subarray(reader.payloadStart, reader.payloadEnd), payload) === 0;
    if (!same || reader.client !== client || reader.request !== request) throw new Error("read another command");
    return "accepted";
  },
};

const kinds = ["replication", "commit"] as const;
const certificates: Target = {
  name: "certificate",
  form: "protobuf",
  // The reference that has the last word on an invalid signature reckons with BigInts, all of them short-lived.
  allocatedBytesMax: 64 * 1024 * 1024,
  examples: kinds.map((kind) => encodeCertificate(makeCertificate(kind, pointOf(5, 300, digest(1))))),
  take: (bytes) => {
    const certificate = certificateOf(bytes);
    if (certificate === undefined) return "malformed";
    if (Buffer.compare(encodeCertificate(certificate), bytes) !== 0) throw new Error("not written back as it was");
    const flaws = kinds.map((kind) => flawOfCertificate(genesis, cluster, { kind, certificate }, engine.verify));
    if (flaws.every((flaw) => flaw === undefined)) throw new Error("one certificate proves two things");
    return flaws.map((flaw) => flaw ?? "proven").join("; ");
  },
};

const wireGenesis: Target = {
  name: "genesis-bytes",
  form: "protobuf",
  examples: [encodeGenesis(genesis)],
  take: (bytes) => {
    const read = decodeGenesis(bytes);
    if (!read.ok) return read.reason;
    if (Buffer.compare(encodeGenesis(read.value), bytes) !== 0) throw new Error("not written back as it was");
    return "accepted";
  },
};

const streamBytesMax = 8 * 1024;
const streams: readonly Target[] = (["stream", "ipc"] as const).map((framing) => ({
  name: `frames-${framing}`,
  form: "bytes",
  examples: [
    joined(encodeFrames([frames[0] ?? new Uint8Array(), new Uint8Array(), Uint8Array.of(1)], framing)),
    joined(encodeFrames([new Uint8Array(streamBytesMax)], framing)),
  ],
  take: (bytes) => feedWhole(bytes, framing),
}));

/** Fed whole or byte by byte, a stream has the same frames; what is announced and does not come takes no memory. */
function feedWhole(bytes: Uint8Array, framing: Framing): Verdict {
  const whole = createFrameReader(framing, streamBytesMax).feed(bytes);
  const piecewise = createFrameReader(framing, streamBytesMax);
  const pieces: Uint8Array[] = [];
  let refused: string | undefined;
  for (let at = 0; at < bytes.length; at += 3) {
    const fed = piecewise.feed(bytes.subarray(at, at + 3));
    pieces.push(...fed.frames);
    if (!fed.ok) refused = fed.reason;
  }
  const written = joined(encodeFrames(whole.frames, framing));
  if (Buffer.compare(written, joined(encodeFrames(pieces, framing))) !== 0) throw new Error("cut frames differ");
  if ((whole.ok ? undefined : whole.reason) !== refused) throw new Error("cut frames are refused differently");
  if (Buffer.compare(written, bytes.subarray(0, written.length)) !== 0) throw new Error("frames that were not sent");
  return whole.ok ? `${Math.min(3, whole.frames.length)} frames` : whole.reason;
}

const hellos: Target = {
  name: "hello",
  form: "bytes",
  examples: [encodeHello("push"), encodeHello("pair0")],
  take: (bytes) => {
    const parsed = parseHello(bytes);
    if (!parsed.ok) return parsed.reason;
    if (Buffer.compare(encodeHello(parsed.protocol), bytes) !== 0) throw new Error("another hello");
    return parsed.protocol;
  },
};

const client = 7 as ClientId;
const response = bodyOf("commandResponse");
const answers: Target = {
  name: "answer-to-client",
  form: "protobuf",
  examples: [0, 1].map((node) => {
    const value = { ...response.value, node: node as NodeId };
    return encodeSigned(cluster, node, { $case: "commandResponse", value });
  }),
  take: (signed) => {
    const pending = createPending({ requestsMax: 10, bytesMax: 10_000 });
    for (const request of [128, 129]) addRequest(pending, request as RequestId, new Uint8Array(10), 0);
    // Whoever holds a validator's key may say anything.
    const config = { cluster, client, validators: members.validators, verify: () => true, hash: sha256 };
    const matching = createMatching(config, pending);
    const frame = encodeEnvelope(signed, dummySignature);
    const settled = [0, 0, 1].map((node) => takeFrame(matching, node as NodeId, frame).length);
    if (settled.some((count) => count > 0)) throw new Error("one validator's word was enough");
    return [...matching.rejected.keys()].join("; ") || "counted";
  },
};

export const messageTargets: readonly Target[] = [
  ...streams,
  hellos,
  envelopes,
  admission,
  ...eachMessage,
  commandInPlace,
  certificates,
  wireGenesis,
  answers,
];
