/** The fields with which every signed message begins: its domain and the cluster's id. */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { domainOf } from "./domain.ts";
import type { BodyCase, Digest } from "./types.ts";

const domainTag = 0x0a;
const clusterTag = 0x12;

/** Their bytes, in memory of their own; signer and body follow. */
export function signedPrefix(kind: BodyCase, cluster: Digest): Uint8Array {
  const domain = utf8ToBytes(domainOf[kind]);
  return Uint8Array.from([domainTag, domain.length, ...domain, clusterTag, cluster.length, ...cluster]);
}
