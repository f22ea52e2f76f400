/**
 * Files of private keys: PEM, PKCS #8 for Ed25519 (RFC 8410), with the public key above it for people to read.
 *
 * Not a format of our own, so that `openssl genpkey -algorithm ed25519` makes a key and `openssl pkey -text` shows one,
 * and nobody takes the file for anything but a secret.
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { generateKeyPair, type KeyPair, publicKeyOf } from "../pools/public-key.ts";
import type { Outcome } from "../wire/types.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";

/** What DER says before the 32 bytes of the seed: version 0, the algorithm Ed25519, an octet string in another. */
const derHead = Buffer.from("302e020100300506032b657004220420", "hex");

/** Makes a key pair and writes its file; `owner` is who the comment says it belongs to. */
export function generateKeyFile(path: string, owner: string): Outcome<KeyPair> {
  const pair = generateKeyPair();
  const written = writeKeyFile(path, pair.secretSeed, owner);
  return written.ok ? { ok: true, value: pair } : written;
}

/** Writes a new key file, mode 600; refuses to write over another one. */
export function writeKeyFile(path: string, secretSeed: Uint8Array, owner: string): Outcome<void> {
  return writePrivateFile(path, renderKey(secretSeed, owner));
}

/** Reads a key file; refuses one that others can read, or that holds anything but one Ed25519 key in clear. */
export function readKeyFile(path: string): Outcome<KeyPair> {
  const text = readPrivateFile(path);
  if (!text.ok) return text;
  const parsed = parseKey(text.value);
  return parsed.ok ? parsed : { ok: false, reason: `${path}: ${parsed.reason}` };
}

function renderKey(secretSeed: Uint8Array, owner: string): string {
  const publicKey = Buffer.from(publicKeyOf(secretSeed)).toString("hex");
  const der = Buffer.concat([derHead, secretSeed]).toString("base64");
  return [
    `Juno private key of ${owner}: keep it secret, keep a copy, use it in one place only.`,
    `Public key (Ed25519): ${publicKey}`,
    "-----BEGIN PRIVATE KEY-----",
    der,
    "-----END PRIVATE KEY-----",
    "",
  ].join("\n");
}

const mend = "give the PKCS #8 file of one Ed25519 key, as openssl genpkey -algorithm ed25519 makes it";

function parseKey(text: string): Outcome<KeyPair> {
  if (/BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(text)) {
    return {
      ok: false,
      reason: "the key is encrypted, which a node cannot open; run: openssl pkey -in FILE -out FILE.clear",
    };
  }
  const blocks = text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? [];
  if (blocks.length !== 1) return { ok: false, reason: `holds ${blocks.length} private keys; ${mend}` };
  const key = decodePem(text);
  if (key?.asymmetricKeyType !== "ed25519") {
    return {
      ok: false,
      reason: `${key === undefined ? "the private key is damaged" : `the key is ${key.asymmetricKeyType}`}; ${mend}`,
    };
  }
  const secretSeed = Uint8Array.from(Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url"));
  return { ok: true, value: { publicKey: publicKeyOf(secretSeed), secretSeed } };
}

function decodePem(text: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: text, format: "pem" });
  } catch {
    return undefined;
  }
}
