import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "ava";
import { domainOf } from "../../wire/domain.ts";
import { open } from "../../wire/envelope.ts";
import { decodeGenesis } from "../../wire/genesis.ts";
import type { BodyCase } from "../../wire/types.ts";
import { cluster, isClients } from "./cluster.ts";
import { type Golden, goldenFile, goldenVectors } from "./golden-vectors.ts";
import { plain } from "./plain.ts";

const golden: Golden = JSON.parse(readFileSync(goldenFile, "utf8"));
const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");
const sha256 = (...parts: (string | Buffer)[]): string => {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
};
const u64 = (number: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(number));
  return buffer;
};

/** Ed25519 by OpenSSL, which shares no code with what signed. */
function isSigned(message: string, signature: string, publicKey: string): boolean {
  const der = Buffer.concat([bytes("302a300506032b6570032100"), bytes(publicKey)]);
  const key = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, bytes(message), key, bytes(signature));
}

function publicKeyOf(name: string): string {
  const key = golden.keys.find((one) => one.name === name);
  if (key === undefined) throw new Error(`no key ${name}`);
  return key.publicKey;
}

test("the golden vectors are what the code makes of the plain inputs", (t) => {
  t.deepEqual(golden, goldenVectors(), "the wire has changed; if on purpose: node test/wire/make-golden.ts");
});

test("there is a golden vector of every kind of message", (t) => {
  const kinds: string[] = Object.keys(domainOf);
  t.is(kinds.length, 16);
  t.deepEqual(golden.messages.map((message) => message.kind).toSorted(), kinds.toSorted());
});

test("every golden envelope opens to its plain body, and OpenSSL finds its signature valid", (t) => {
  for (const message of golden.messages) {
    const opened = open(bytes(message.envelope), cluster);
    if (!opened.ok) return t.fail(`${message.kind}: ${opened.reason}`);
    const { body, signed, signature, signer } = opened.value;
    t.is<string, BodyCase>(message.kind, body.$case);
    t.is(signer, message.signer);
    t.deepEqual(plain(body.value), message.body, message.kind);
    t.is(Buffer.from(signed).toString("hex"), message.signed);
    t.is(Buffer.from(signature).toString("hex"), message.signature);
    const name = isClients(body) ? `client${signer}` : `node${signer}`;
    const isBulk = [
      "appendEntries",
      "syncResponse",
      "relay",
      "commandBatch",
      "commandResponse",
      "queryResponse",
    ].includes(body.$case);
    const input = isBulk ? Buffer.from("juno/bulk").toString("hex") + sha256(bytes(message.signed)) : message.signed;
    t.true(isSigned(input, message.signature, publicKeyOf(name)), message.kind);
  }
  return undefined;
});

test("OpenSSL finds every signature in the golden certificates valid over its statement", (t) => {
  t.is(golden.statements.length, 15);
  for (const { kind, node, bytes: statement, signature } of golden.statements) {
    t.true(isSigned(statement, signature, publicKeyOf(`node${node}`)), `${kind} by node ${node}`);
  }
});

test("the chain is what the specification says, computed independently", (t) => {
  const { id, bytes: genesisBytes } = golden.genesis;
  t.is(id, sha256(bytes(genesisBytes)));
  let previous = id;
  for (const { index, term, command, leaf, hash } of golden.chain) {
    t.is(leaf, sha256("juno/cmd", bytes(command)));
    t.is(hash, sha256("juno/entry", bytes(previous), u64(index), u64(term), bytes(leaf)));
    previous = hash;
  }
  t.is(golden.chain.length, 2);
});

test("the golden genesis reads back", (t) => {
  const read = decodeGenesis(bytes(golden.genesis.bytes));
  t.true(read.ok);
  if (read.ok) t.deepEqual(plain(read.value), golden.genesis.value);
});

test("a Timeout, byte by byte", (t) => {
  const timeout = golden.messages.find((message) => message.kind === "timeout");
  const signed = [
    "0a07 6a756e6f2f746f", // 1, domain: "juno/to"
    `1220 ${golden.genesis.id}`, // 2, cluster
    "1802", // 3, signer: 2
    "c20104", // 24, body: 4 bytes
    "0805 1002", // term 5, node 2
  ].join("");
  t.is(timeout?.signed, signed.replaceAll(" ", ""));
  t.is(timeout?.envelope, `0a34${timeout?.signed}1240${timeout?.signature}`);
});
