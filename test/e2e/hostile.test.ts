/** A running node among hostile connections: it counts them, closes them, and goes on serving. */

import { randomBytes } from "node:crypto";
import { connect as dialTcp } from "node:net";
import test from "ava";
import { readNodeConfig } from "../../cluster/config.ts";
import { readGenesisFile } from "../../cluster/genesis-file.ts";
import { encodeEnvelope, encodeSigned } from "../../wire/envelope.ts";
import type { ClientId, RequestId } from "../../wire/types.ts";
import { eventually, makeCluster } from "./cluster-processes.ts";

/** nng's hello, for PUSH and PAIR0. */
const hello = (protocol: number): Buffer => Buffer.from([0, 0x53, 0x50, 0, 0, protocol, 0, 0]);

/** Sends bytes on a new connection; resolves when the other side has closed it. */
function attack(url: string, bytes: Uint8Array): Promise<void> {
  const { hostname, port } = new URL(url.replace("tcp:", "http:"));
  return new Promise((resolve) => {
    const socket = dialTcp(Number(port), hostname, () => socket.write(bytes));
    socket.on("data", () => undefined);
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
}

function framed(frame: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(frame.length));
  return Buffer.concat([length, frame]);
}

test("garbage, oversized frames, forged signatures: closed and counted, and clients are served", async (t) => {
  const cluster = await makeCluster(1);
  t.teardown(() => cluster.dispose());
  cluster.start(0);
  await cluster.leader();
  const config = readNodeConfig(cluster.layout.nodes[0]?.config ?? "", {}, {});
  const founding = readGenesisFile(cluster.layout.genesis);
  if (!config.ok || !founding.ok) throw new Error("the cluster's files cannot be read");
  const { peers, clients } = config.value.listen;
  const huge = Buffer.alloc(8);
  huge.writeBigUInt64BE(1n << 40n);
  const value = { client: 0 as ClientId, request: 1 as RequestId, payload: Buffer.from("ObserveAccounts") };
  const forged = encodeEnvelope(
    encodeSigned(founding.value.clusterId, 0, { $case: "command", value }),
    randomBytes(64),
  );

  await attack(peers, randomBytes(64));
  await attack(peers, Buffer.concat([hello(0x50), framed(randomBytes(500))]));
  await attack(peers, Buffer.concat([hello(0x50), huge]));
  await attack(clients, Buffer.concat([hello(0x10), framed(forged)]));
  await attack(clients, Buffer.concat([hello(0x10), framed(forged.subarray(0, forged.length - 1))]));

  const status = await eventually("the counts", async () => {
    const now = await cluster.status(0);
    return (now?.rejects["invalid signature"] ?? 0) > 0 ? now : undefined;
  });
  t.is(status.rejects["invalid signature"], 1);
  t.is(status.rejects["malformed envelope"], 2);
  const client = await cluster.client();
  t.teardown(() => client.close());
  t.is(Number((await client.send("ObserveAccounts")).index), 1);
});
