/** Strangers who make work: well-formed messages whose signatures are of nobody, and connections without end. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { readGenesisFile } from "../../cluster/genesis-file.ts";
import { encodeEnvelope, encodeSigned } from "../../wire/envelope.ts";
import type { Body, ClientId, NodeId, RequestId, Term } from "../../wire/types.ts";
import type { ChaosCluster } from "./chaos-cluster.ts";

export type Flood = {
  /** Messages, or connections, that the node was given. */
  readonly count: () => number;
  readonly end: () => Promise<void>;
};

/** Connections of a signature flood at once; each ends with the first check of a signature in it. */
const attackers = 8;
const framesAtOnce = 32;
const commandsOfBatch = 200;

const helloOf = (protocol: number): Buffer => Buffer.from([0, 0x53, 0x50, 0, 0, protocol, 0, 0]);

/** At both entrances, as a member of the cluster would write them: commands, batches of commands, and timeouts of a node. */
export function startSignatureFlood(chaos: ChaosCluster, node: number): Flood {
  const founding = readGenesisFile(chaos.cluster.layout.genesis);
  if (!founding.ok) throw new Error(founding.reason);
  const { clusterId } = founding.value;
  let request = Date.now() * 1000;
  const forge = (signer: number, body: Body): Buffer =>
    Buffer.from(encodeEnvelope(encodeSigned(clusterId, signer, body), randomBytes(64)));
  const command = (): Buffer => {
    const value = { client: 0 as ClientId, request: ++request as RequestId, payload: Buffer.from("ObserveAccounts") };
    return forge(0, { $case: "command", value });
  };
  const batch = (): Buffer => {
    const commands = Array.from({ length: commandsOfBatch }, command);
    return forge(0, { $case: "commandBatch", value: { client: 0 as ClientId, commands } });
  };
  const other = (node + 1) % chaos.size;
  const timeout = (): Buffer =>
    forge(other, { $case: "timeout", value: { term: 1_000_000 as Term, node: other as NodeId } });
  const entrances = chaos.entrances[node];
  if (entrances === undefined) throw new Error(`there is no node ${node}`);
  return runAttack(attackers, (attacker) => {
    const kind = attacker % 4;
    const [url, protocol] = kind === 3 ? [entrances.peers, 0x50] : [entrances.clients, 0x10];
    const message = kind === 3 ? timeout : kind === 2 ? batch : command;
    const frames = Array.from({ length: kind === 2 ? 2 : framesAtOnce }, () => framed(message()));
    return { url, bytes: Buffer.concat([helloOf(protocol), ...frames]), messages: frames.length };
  });
}

/** Some hundred connections at a time at each entrance: without a word, with half a hello, with garbage, idle ones. */
export function startConnectionStorm(chaos: ChaosCluster, node: number): Flood {
  const entrances = chaos.entrances[node];
  if (entrances === undefined) throw new Error(`there is no node ${node}`);
  return runAttack(200, (attacker) => {
    const url = attacker % 2 === 0 ? entrances.peers : entrances.clients;
    const hello = helloOf(attacker % 2 === 0 ? 0x50 : 0x10);
    const kinds = [Buffer.alloc(0), hello.subarray(0, 4), Buffer.concat([hello, randomBytes(64)]), hello];
    return { url, bytes: kinds[(attacker >> 1) % 4] ?? hello, messages: 1, hangUpMs: 20 + (attacker % 50) };
  });
}

type Attack = {
  readonly url: string;
  readonly bytes: Buffer;
  readonly messages: number;
  /** After so long the attacker hangs up; absent: it waits for the node to do so. */
  readonly hangUpMs?: number;
};

/** Each attacker connects, says its piece, waits for the end, and begins again. */
function runAttack(count: number, next: (attacker: number) => Attack): Flood {
  const sockets = new Set<Socket>();
  let ended = false;
  let messages = 0;

  function once({ url, bytes, messages: carried, hangUpMs }: Attack): Promise<void> {
    const { hostname, port } = new URL(url.replace("tcp:", "http:"));
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        messages += carried;
        if (bytes.length > 0) socket.write(bytes);
        if (hangUpMs !== undefined) setTimeout(() => socket.destroy(), hangUpMs);
      });
      sockets.add(socket);
      // Who says nothing more and is not hung up on, is in the end.
      socket.setTimeout(2_000, () => socket.destroy());
      socket.on("data", () => undefined).on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        resolve();
      });
    });
  }

  const attacks = Array.from({ length: count }, async (_, attacker) => {
    while (!ended) {
      await once(next(attacker));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  return {
    count: () => messages,
    end: async () => {
      ended = true;
      for (const socket of sockets) socket.destroy();
      await Promise.all(attacks);
    },
  };
}

function framed(frame: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(frame.length));
  return Buffer.concat([length, frame]);
}
