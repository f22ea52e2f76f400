import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { generateKeyFile, readKeyFile, writeKeyFile } from "../../cluster/key-file.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** RFC 8032 §7.1, test 1. */
const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
const publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

test("a written key reads back, is its owner's only, and shows its public key to people", (t) => {
  const path = join(temporaryFolder(t), "key.pem");
  accepted(writeKeyFile(path, seed, "node0"));
  const pair = accepted(readKeyFile(path));
  t.is(Buffer.from(pair.publicKey).toString("hex"), publicKey);
  t.deepEqual(Buffer.from(pair.secretSeed), seed);
  t.is(statSync(path).mode & 0o777, 0o600);
  t.true(readFileSync(path, "utf8").startsWith("Juno private key of node0: "));
  t.true(readFileSync(path, "utf8").includes(publicKey));
});

test("a generated key is another one each time, and the file holds what was returned", (t) => {
  const folder = temporaryFolder(t);
  const [a, b] = ["a", "b"].map((name) => accepted(generateKeyFile(join(folder, name), name)));
  t.notDeepEqual(a, b);
  t.deepEqual(accepted(readKeyFile(join(folder, "a"))), a);
  t.regex(reasonOf(generateKeyFile(join(folder, "a"), "a")), /it exists already; choose another path/);
});

test("openssl reads our file, and we read its", (t) => {
  const folder = temporaryFolder(t);
  const [ours, theirs] = [join(folder, "ours"), join(folder, "theirs")];
  accepted(writeKeyFile(ours, seed, "node0"));
  const shown = execFileSync("openssl", ["pkey", "-in", ours, "-noout", "-text"], { encoding: "utf8" });
  t.true(shown.replace(/[\s:]/g, "").includes(publicKey));
  const made = execFileSync("openssl", ["genpkey", "-algorithm", "ed25519"]);
  writeFileSync(theirs, made, { mode: 0o600 });
  const pair = accepted(readKeyFile(theirs));
  const text = execFileSync("openssl", ["pkey", "-in", theirs, "-noout", "-text"], { encoding: "utf8" });
  t.true(text.replace(/[\s:]/g, "").includes(Buffer.from(pair.publicKey).toString("hex")));
});

const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64")}\n-----END ${label}-----\n`;
const der = (head: string, bytes: Uint8Array): Uint8Array => Buffer.concat([Buffer.from(head, "hex"), bytes]);
const good = pem("PRIVATE KEY", der("302e020100300506032b657004220420", seed));
const exported = { format: "pem", type: "pkcs8" } as const;
const other = (type: "x25519" | "ed448"): string =>
  (type === "x25519" ? generateKeyPairSync("x25519") : generateKeyPairSync("ed448")).privateKey
    .export(exported)
    .toString();
const encrypted = generateKeyPairSync("ed25519").privateKey.export({
  ...exported,
  cipher: "aes-256-cbc",
  passphrase: "x",
});

const bad: readonly (readonly [string, string, RegExp])[] = [
  ["an empty file", "", /holds 0 private keys; give the PKCS #8 file of one Ed25519 key/],
  [
    "a public key",
    pem("PUBLIC KEY", der("302a300506032b6570032100", Buffer.from(publicKey, "hex"))),
    /holds 0 private keys/,
  ],
  ["a bare seed in hex", seed.toString("hex"), /holds 0 private keys/],
  ["two keys", good + good, /holds 2 private keys/],
  ["an encrypted key", encrypted.toString(), /is encrypted.*run: openssl pkey/],
  ["a key of another curve", other("x25519"), /the key is x25519; give/],
  ["a key of ed448", other("ed448"), /the key is ed448; give/],
  [
    "a seed that is a byte short",
    pem("PRIVATE KEY", der("302d020100300506032b657004210420", seed.subarray(1))),
    /is damaged; give/,
  ],
  [
    "a seed with a byte too many",
    pem("PRIVATE KEY", der("302f020100300506032b657004230421", Buffer.concat([seed, seed.subarray(0, 1)]))),
    /is damaged; give/,
  ],
  ["a file that was cut", good.slice(0, -30), /is damaged; give/],
  ["base64 that is none", good.replace("MC4C", "!!!!"), /is damaged; give/],
];

for (const [what, text, expected] of bad) {
  test(`${what} is refused`, (t) => {
    const path = join(temporaryFolder(t), "key.pem");
    writeFileSync(path, text, { mode: 0o600 });
    const reason = reasonOf(readKeyFile(path));
    t.true(reason.startsWith(`${path}: `));
    t.regex(reason, expected);
    t.false(reason.includes("\n"));
    // A refusal goes to logs, where no secret may be.
    t.false(reason.includes(seed.toString("hex")) || reason.includes(seed.toString("base64")));
  });
}
