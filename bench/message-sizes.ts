/** How many bytes the messages of the usual way of a command have, by making them. */
import { encodeEnvelope, encodeSigned } from "../wire/envelope.ts";
import { encodeResponse, putResult, resultBytesOver } from "../wire/results.ts";
import type { Body, ClientId, Digest, LogIndex, NodeId, RequestId, Signature, Term } from "../wire/types.ts";
import { startBenchMachine } from "./bench-machine.ts";
import { benchCluster, signedCommand } from "./signed-commands.ts";

/** A message that carries commands has `each` for each of them and `head` besides, in bytes. */
export type Size = { readonly head: number; readonly each: number };

export type MessageSizes = {
  /** From the client to the leader, many in one message (CMDB). */
  readonly commands: Size;
  /** From the leader to each follower (AE). */
  readonly entries: Size;
  /** From each node to the client (CMDR). */
  readonly results: Size;
  /** From each node to each other (AER, CV). */
  readonly vote: number;
};

const signature = new Uint8Array(64).fill(1) as Signature;
const signer = { sign: () => signature };
const digest = new Uint8Array(32).fill(2) as Digest;
/** Ids of requests and indexes as they are in a ledger that has run for a while. */
const request = 1_800_000_000_000_000 as RequestId;
const index = 1_000_000 as LogIndex;
const term = 3 as Term;
const node = 1 as NodeId;
const client = 1 as ClientId;
/** The length of a length grows with the message; what is asked for is large messages. */
const many = 1000;

/** The sizes for the command that floods are made of. */
export function messageSizes(): MessageSizes {
  const command = signedCommand(signer, client, request);
  return {
    commands: sizeOf((count) => {
      const value = { client, commands: new Array<Uint8Array>(count).fill(command) };
      return frameBytes({ $case: "commandBatch", value }, client);
    }),
    entries: sizeOf((count) => {
      const entries = Array.from({ length: count }, () => ({ term, command }));
      const header = { term, leader: node, prevIndex: index, prevHash: digest, endHash: digest, proof: undefined };
      return frameBytes({ $case: "appendEntries", value: { ...header, entries } }, node);
    }),
    results: sizeOf(responseBytes),
    vote: frameBytes({ $case: "commitVote", value: { term, node, index, hash: digest } }, node),
  };
}

function sizeOf(bytesOf: (count: number) => number): Size {
  const head = bytesOf(0);
  return { head, each: (bytesOf(many) - head) / many };
}

/** Eight bytes before each frame tell its length. */
function frameBytes(body: Body, by: number): number {
  return 8 + encodeEnvelope(encodeSigned(benchCluster, by, body), signature).length;
}

function responseBytes(count: number): number {
  const outcome = outcomeBytes();
  const results = new Uint8Array(count * (outcome.length + resultBytesOver));
  let at = 0;
  for (let row = 0; row < count; row++) at = putResult(results, at, request, index, outcome);
  const signed = encodeResponse(benchCluster, node, client, results.subarray(0, at), true);
  return 8 + encodeEnvelope(signed, signature).length;
}

function outcomeBytes(): Uint8Array {
  return startBenchMachine()();
}
