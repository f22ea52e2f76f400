/** Small measurements of single parts, in one thread: npm run bench:micro. Machines are noisy: compare inside one run. */
import { hash } from "node:crypto";
import { Bench } from "tinybench";
import { apply, createLedger } from "../hopper/demo/ledger.ts";
import { encodeOutcome } from "../hopper/demo/outcome-bytes.ts";
import { engineNames, loadEngine } from "../pools/engine.ts";
import { publicKeyOf } from "../pools/public-key.ts";
import { chainer, leafHash } from "../wire/chain.ts";
import { encodeEnvelope, encodeSigned, open } from "../wire/envelope.ts";
import type { ClientId, Digest, LogIndex, RequestId, Term } from "../wire/types.ts";

const seed = new Uint8Array(32).fill(7);
const publicKey = publicKeyOf(seed);
const cluster = new Uint8Array(32).fill(1) as Digest;
const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");
const payload = Buffer.from("transfer(Acct1->Acct2, 1%1)");
const value = { client: 0 as ClientId, request: 1 as RequestId, payload };
const signed = encodeSigned(cluster, 0, { $case: "command", value });

const bench = new Bench({ time: 500 });
for (const name of engineNames) {
  const engine = await loadEngine(name);
  const signature = engine.sign(signed, seed);
  bench.add(`${name}: verify`, () => engine.verify(signature, signed, publicKey));
  bench.add(`${name}: sign`, () => engine.sign(signed, seed));
}
const frame = encodeEnvelope(signed, new Uint8Array(64).fill(1));
bench.add("open a command's envelope", () => open(frame, cluster));
bench.add("encode a command's envelope", () =>
  encodeEnvelope(encodeSigned(cluster, 0, { $case: "command", value }), seed),
);
bench.add("leaf hash of a command", () => leafHash(sha256, frame));
const chain = chainer(sha256);
bench.add("chain hash of an entry", () => chain(cluster, 1 as LogIndex, 1 as Term, cluster));
const ledger = createLedger();
for (const text of ["CreateAccount Acct1", "CreateAccount Acct2", "AdjustAccount Acct1 1000000000%1"]) {
  apply(ledger, Buffer.from(text));
}
bench.add("apply a transfer and encode its outcome", () => encodeOutcome(apply(ledger, payload)));

await bench.run();
process.stdout.write(`node ${process.version}\n`);
for (const task of bench.tasks) {
  const { result } = task;
  if (result.state !== "completed") throw new Error(`${task.name}: ${result.state}`);
  const micros = result.latency.p50 * 1000;
  process.stdout.write(`${task.name.padEnd(42)}${micros.toFixed(2).padStart(10)} µs  (median)\n`);
}
