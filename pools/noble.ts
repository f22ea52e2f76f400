/** The reference engine: @noble/ed25519, whose ZIP-215 verdict is the verdict of every engine. */
import { hash } from "node:crypto";
import { hashes, sign, verify } from "@noble/ed25519";
import type { Engine } from "./engine.ts";

// noble brings no hash of its own for synchronous use. Node's is loaded anyway, and faster than one in JavaScript.
hashes.sha512 = (message) => hash("sha512", message, "buffer");

const zip215 = { zip215: true } as const;

export const nobleEngine: Engine = {
  name: "noble",
  verify: (signature, message, publicKey) =>
    // noble throws on wrong lengths, and on nothing else.
    signature.length === 64 && publicKey.length === 32 && verify(signature, message, publicKey, zip215),
  sign: (message, secretSeed) => sign(message, secretSeed),
};
