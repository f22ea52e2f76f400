/**
 * Validators for testing clients: the real listener, real keys and signatures and the real demo ledger, but no consensus:
 * one list of commands in the order of their arrival at any of them. Each answers as it is told to, honestly or not.
 */
import { hash } from "node:crypto";
import { formatAddress } from "../../cluster/nng/address.ts";
import type { Connection } from "../../cluster/nng/connection.ts";
import { type Listener, listen } from "../../cluster/nng/listener.ts";
import { encodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import { type Engine, loadEngine } from "../../pools/engine.ts";
import { generateKeyPair, type KeyPair } from "../../pools/public-key.ts";
import { leafHash } from "../../wire/chain.ts";
import { encodeSigned, open } from "../../wire/envelope.ts";
import { clusterIdOf } from "../../wire/genesis.ts";
import { frameBytesMax } from "../../wire/limits.ts";
import { seal, signatureInput } from "../../wire/signature-input.ts";
import {
  type Body,
  type ClientId,
  type Digest,
  type Genesis,
  type LogIndex,
  type NodeId,
  type Result,
  sameBytes,
} from "../../wire/types.ts";
import { apply, createLedger } from "../hopper/demo/model-ledger.ts";

/**
 * `silent` takes commands and says nothing; `deaf` ignores them, but answers what others took in; `lying` tells another
 * outcome; `forging` signs with a key of its own; `meddling` names the next validator as the sender.
 */
export type Manner = "honest" | "silent" | "deaf" | "lying" | "forging" | "meddling";

export type TestValidator = {
  readonly id: number;
  manner: Manner;
  /** Milliseconds until it answers. */
  delayMs: number;
  /** Frames that came, by kind. */
  readonly frames: Record<string, number>;
  /** Says that it leads. */
  leading: boolean;
  /** Commands that came, each time they came. */
  commands: number;
  readonly listener: Listener;
  /** Those on which a hello came. */
  readonly connections: ReadonlySet<Connection>;
};

export type TestCluster = {
  readonly genesis: Genesis;
  readonly clientKey: KeyPair;
  readonly urls: readonly { readonly id: number; readonly url: string }[];
  readonly validators: readonly TestValidator[];
  readonly close: () => Promise<void>;
};

const limits = {
  handshakeMs: 5000,
  frameMs: 5000,
  frameBytesMax,
  queueBytesMax: 64 * 1024 * 1024,
  queueFramesMax: 65_536,
  connectionsMax: 16,
};

const sha256 = (bytes: Uint8Array) => hash("sha256", bytes, "buffer");
export const testClient = 7 as ClientId;

/** Starts one validator for each manner; ids count from 1. */
export async function startTestCluster(manners: readonly Manner[]): Promise<TestCluster> {
  const engine = await loadEngine("sodium");
  const keys = manners.map(() => generateKeyPair());
  const clientKey = generateKeyPair();
  const genesis: Genesis = {
    name: "test",
    validators: keys.map(({ publicKey }, i) => ({ id: i + 1, name: `node${i + 1}`, publicKey })),
    clients: [{ id: testClient, name: "tester", publicKey: clientKey.publicKey }],
    admins: [],
  };
  const world: World = {
    engine,
    cluster: clusterIdOf(sha256, genesis),
    clientKey,
    apply: sequencer(),
    everyone: [],
  };
  for (const [i, manner] of manners.entries()) {
    const key = keys[i];
    if (key !== undefined) world.everyone.push(await startValidator(world, i + 1, manner, key));
  }
  return {
    genesis,
    clientKey,
    urls: world.everyone.map(({ validator }) => ({ id: validator.id, url: formatAddress(validator.listener.address) })),
    validators: world.everyone.map(({ validator }) => validator),
    close: async () => {
      await Promise.all(world.everyone.map(({ validator }) => validator.listener.close()));
    },
  };
}

type Taken = { readonly results: readonly Result[]; readonly fresh: boolean };
type Answerer = { readonly validator: TestValidator; readonly answer: (results: readonly Result[]) => void };
type World = {
  readonly engine: Engine;
  readonly cluster: Digest;
  readonly clientKey: KeyPair;
  readonly apply: (commands: readonly Uint8Array[], cluster: Digest) => Taken;
  readonly everyone: Answerer[];
};

/** Applies each request once; repeats get the recorded result, other commands under its number are told that they are. */
function sequencer(): World["apply"] {
  const ledger = createLedger();
  const known = new Map<number, Result & { readonly leaf: Digest }>();
  return (commands, cluster) => {
    let fresh = false;
    const results = commands.map((frame) => {
      const opened = open(frame, cluster);
      if (!opened.ok || opened.value.body.$case !== "command") throw new Error("not a command");
      const { request, payload } = opened.value.body.value;
      const earlier = known.get(request);
      const leaf = leafHash(sha256, frame);
      if (earlier !== undefined)
        return sameBytes(leaf, earlier.leaf) ? earlier : { request, index: 0 as LogIndex, outcome: leaf };
      fresh = true;
      const index = (known.size + 1) as LogIndex;
      const result = { request, index, leaf, outcome: encodeOutcome(apply(ledger, payload)) };
      known.set(request, result);
      return result;
    });
    return { results, fresh };
  };
}

async function startValidator(world: World, id: number, manner: Manner, key: KeyPair): Promise<Answerer> {
  const greeted = new Set<Connection>();
  /** Answers ready before the first hello: real consensus takes longer than that. */
  const early: Uint8Array[] = [];
  const forger = generateKeyPair();
  const onFrame = (connection: Connection, frame: Uint8Array) => {
    const opened = open(frame, world.cluster);
    if (!opened.ok) throw new Error(opened.reason);
    const { body, signed, signature } = opened.value;
    if (!world.engine.verify(signature, signatureInput(sha256, body.$case, signed), world.clientKey.publicKey))
      throw new Error("not the client's signature");
    validator.frames[body.$case] = (validator.frames[body.$case] ?? 0) + 1;
    if (body.$case === "hello" && body.value.node === id) {
      greeted.add(connection);
      for (const answer of early.splice(0)) connection.send(answer);
    }
    const commands = body.$case === "command" ? [frame] : body.$case === "commandBatch" ? body.value.commands : [];
    validator.commands += commands.length;
    if (commands.length === 0 || validator.manner === "deaf") return;
    const { results, fresh } = world.apply(commands, world.cluster);
    // What is new reaches every validator by consensus; a repeat is answered by the one it came to.
    for (const other of world.everyone) if (fresh || other.validator === validator) other.answer(results);
  };
  const listener = await listen({
    address: { scheme: "tcp", host: "127.0.0.1", port: 0 },
    protocol: "pair0",
    limits,
    onFrame,
    onClose: (connection) => greeted.delete(connection),
  });
  const validator: TestValidator = {
    id,
    manner,
    delayMs: 0,
    leading: false,
    frames: {},
    commands: 0,
    listener,
    connections: greeted,
  };
  const sealed = (results: readonly Result[]): Uint8Array => {
    const node = (validator.manner === "meddling" ? (id % world.everyone.length) + 1 : id) as NodeId;
    const told = validator.manner === "lying" ? results.map(lie) : results;
    const body: Body = {
      $case: "commandResponse",
      value: { node, client: testClient, results: told, leading: validator.leading },
    };
    const signed = encodeSigned(world.cluster, node, body);
    const { secretSeed } = validator.manner === "forging" ? forger : key;
    return seal(sha256, body.$case, signed, (input) => world.engine.sign(input, secretSeed));
  };
  const answer = (results: readonly Result[]) => {
    if (validator.manner === "silent") return;
    const frame = sealed(results);
    const send = () => {
      if (validator.frames.hello === undefined) early.push(frame);
      for (const connection of greeted) connection.send(frame);
    };
    if (validator.delayMs > 0) setTimeout(send, validator.delayMs);
    else send();
  };
  return { validator, answer };
}

function lie(result: Result): Result {
  return { ...result, outcome: encodeOutcome({ ok: true, text: "whatever you like to hear", diff: [] }) };
}
