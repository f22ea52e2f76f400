/** One valid body of each kind, none of its fields left out where it may have them all. */
import type { Body, BodyCase, ClientId, LogIndex, NodeId, RequestId, Term } from "../../wire/types.ts";
import { certificateOf, commandOf, digest, electionProofOf, pointOf, timeoutCertificateOf } from "./cluster.ts";

const term = 5 as Term;
const index = 300 as LogIndex;
const leader = 1 as NodeId;
const node = 2 as NodeId;
const client = 7 as ClientId;
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

const commands = [commandOf(7, 1, text("create a")), commandOf(7, 129, text(""))];
const foreign = commandOf(8, 1, text("transfer a b 1%2"));
const entries = [
  { term: 4 as Term, command: commands[0] ?? foreign },
  { term, command: foreign },
];
const lock = pointOf(4, 298, digest(0x22));
const prev = { prevIndex: 298 as LogIndex, prevHash: digest(0x22) };

export const bodies: readonly Body[] = [
  { $case: "command", value: { client, request: 128 as RequestId, payload: text("adjust a 3%4") } },
  { $case: "commandBatch", value: { client, commands } },
  { $case: "hello", value: { client, node } },
  {
    $case: "commandResponse",
    value: {
      node,
      client,
      results: [
        { request: 128 as RequestId, index, outcome: text("ok") },
        { request: 129 as RequestId, index: 301 as LogIndex, outcome: text("") },
      ],
      leading: true,
    },
  },
  {
    $case: "query",
    value: { client, request: 130 as RequestId, index, question: text("std/coin\nget purse[usd, a]") },
  },
  { $case: "queryResponse", value: { node, client, request: 130 as RequestId, index, outcome: text("7") } },
  { $case: "relay", value: { node, commands: [...commands, foreign] } },
  {
    $case: "appendEntries",
    value: { term, leader, ...prev, entries, endHash: digest(0x33), proof: electionProofOf(term, leader, lock) },
  },
  { $case: "appendEntriesResponse", value: { term, node, index, hash: digest(0x33) } },
  {
    $case: "nack",
    value: { term, node, lastIndex: 299 as LogIndex, lastHash: digest(0x44), commitIndex: 298 as LogIndex },
  },
  { $case: "commitVote", value: { term, node, index, hash: digest(0x33) } },
  { $case: "timeout", value: { term, node } },
  {
    $case: "requestVote",
    value: {
      term,
      candidate: leader,
      lock: certificateOf("replication", lock),
      timeout: timeoutCertificateOf(term),
    },
  },
  {
    $case: "requestVoteResponse",
    value: {
      term,
      voter: node,
      candidate: leader,
      lock: pointOf(3, 200, digest(0x11)),
      granted: false,
      voterLock: certificateOf("replication", lock),
    },
  },
  { $case: "syncRequest", value: { node, fromIndex: 299 as LogIndex, want: lock } },
  {
    $case: "syncResponse",
    value: {
      node,
      ...prev,
      entries,
      end: { $case: "commit", value: certificateOf("commit", pointOf(5, 300, digest(0x33))) },
    },
  },
];

/** The body of that kind. */
export function bodyOf<Case extends BodyCase>(kind: Case): Extract<Body, { $case: Case }> {
  const found = bodies.find((body): body is Extract<Body, { $case: Case }> => body.$case === kind);
  if (found === undefined) throw new Error(`no body of kind ${kind}`);
  return found;
}
