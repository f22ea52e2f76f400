/**
 * Domain tags: the first field of everything that is signed, and the prefix of everything that is hashed, so that no
 * bytes made for one purpose can stand for another.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { BodyCase } from "./types.ts";

/** The tag of each signed body. */
export const domainOf: { readonly [Case in BodyCase]: string } = {
  command: "juno/cmd",
  commandBatch: "juno/cmdb",
  hello: "juno/hello",
  commandResponse: "juno/cmdr",
  relay: "juno/relay",
  query: "juno/query",
  queryResponse: "juno/qryr",
  appendEntries: "juno/ae",
  appendEntriesResponse: "juno/aer",
  nack: "juno/nack",
  commitVote: "juno/cv",
  timeout: "juno/to",
  requestVote: "juno/rv",
  requestVoteResponse: "juno/rvr",
  syncRequest: "juno/sync?",
  syncResponse: "juno/sync!",
};

/** Prefix of the hash of one signed command. */
export const leafTag: Uint8Array = utf8ToBytes("juno/cmd");
/** Prefix of the hash that chains one entry to its predecessors. */
export const entryTag: Uint8Array = utf8ToBytes("juno/entry");

/** The bodies that clients sign; all others are signed by nodes. */
export function signedByClient(kind: BodyCase): boolean {
  return kind === "command" || kind === "commandBatch" || kind === "hello" || kind === "query";
}
