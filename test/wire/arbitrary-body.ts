/** Any valid body of any kind, with a liking for the limits of its numbers. */
import fc, { type Arbitrary } from "fast-check";
import type {
  Body,
  BodyCase,
  Certificate,
  ClientId,
  Digest,
  Endorsement,
  Entry,
  LogIndex,
  NodeId,
  Point,
  RequestId,
  Result,
  Signature,
  Term,
} from "../../wire/types.ts";

const edges32 = [0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
const edges64 = [1, 127, 128, 2 ** 32 - 1, 2 ** 32, 2 ** 49 - 1, Number.MAX_SAFE_INTEGER];

const uint32: Arbitrary<number> = fc.oneof(fc.constantFrom(...edges32), fc.nat({ max: 2 ** 32 - 1 }));
const positive: Arbitrary<number> = fc.oneof(
  fc.constantFrom(...edges64),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);
const uint64: Arbitrary<number> = fc.oneof(fc.constant(0), positive);

const node = uint32.map((id) => id as NodeId);
const client = uint32.map((id) => id as ClientId);
const term = positive.map((number) => number as Term);
const termOrNone = uint64.map((number) => number as Term);
const index = positive.map((number) => number as LogIndex);
const indexOrNone = uint64.map((number) => number as LogIndex);
const request = positive.map((number) => number as RequestId);
const hash: Arbitrary<Digest> = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Digest);
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => bytes as Signature);
const bytes = fc.uint8Array({ maxLength: 200 });

const endorsements: Arbitrary<Endorsement[]> = fc
  .uniqueArray(fc.record({ node, signature }), { maxLength: 64, selector: (one) => one.node })
  .map((some) => some.toSorted((a, b) => a.node - b.node));
const point: Arbitrary<Point> = fc.record({ term: termOrNone, index: indexOrNone, hash });
const certificate: Arbitrary<Certificate> = fc.record({ term, index, hash, endorsements });
const perhaps = <T>(some: Arbitrary<T>): Arbitrary<T | undefined> => fc.option(some, { nil: undefined });
const commands = fc.array(bytes, { minLength: 1, maxLength: 20 });
const results: Arbitrary<Result[]> = fc.array(
  fc.record({ request: uint64.map((id) => id as RequestId), index: indexOrNone, outcome: bytes }),
  { maxLength: 20 },
);
const entries = (newest: Term): Arbitrary<Entry[]> =>
  fc.array(fc.record({ term: fc.integer({ min: 1, max: newest }).map((number) => number as Term), command: bytes }), {
    maxLength: 20,
  });

const vote = fc.record({ term, node, index: indexOrNone, hash });

const appendEntries: Arbitrary<Body> = fc.tuple(term, node).chain(([ofTerm, leader]) =>
  fc
    .record({
      term: fc.constant(ofTerm),
      leader: fc.constant(leader),
      prevIndex: indexOrNone,
      prevHash: hash,
      entries: entries(ofTerm),
      endHash: hash,
      proof: perhaps(fc.record({ term: fc.constant(ofTerm), leader: fc.constant(leader), lock: point, endorsements })),
    })
    .map((value) => ({ $case: "appendEntries", value })),
);

const requestVote: Arbitrary<Body> = term.chain((ofTerm) =>
  fc
    .record({
      term: fc.constant(ofTerm),
      candidate: node,
      lock: perhaps(certificate),
      timeout: fc.record({ term: fc.constant(ofTerm), endorsements }),
    })
    .map((value) => ({ $case: "requestVote", value })),
);

const requestVoteResponse: Arbitrary<Body> = fc
  .record({ term, voter: node, candidate: node, lock: point, granted: fc.boolean(), refusal: perhaps(certificate) })
  .map(({ refusal, ...rest }) => ({
    $case: "requestVoteResponse",
    value: { ...rest, voterLock: rest.granted ? undefined : refusal },
  }));

export const arbitraryBodies: { readonly [Case in BodyCase]: Arbitrary<Body> } = {
  command: fc.record({ client, request, payload: bytes }).map((value) => ({ $case: "command", value })),
  commandBatch: fc.record({ client, commands }).map((value) => ({ $case: "commandBatch", value })),
  hello: fc.record({ client, node }).map((value) => ({ $case: "hello", value })),
  commandResponse: fc
    .record({ node, client, results, leading: fc.boolean() })
    .map((value) => ({ $case: "commandResponse", value })),
  query: fc
    .record({ client, request, index: indexOrNone, question: bytes })
    .map((value) => ({ $case: "query", value })),
  queryResponse: fc
    .record({ node, client, request, index: indexOrNone, outcome: bytes })
    .map((value) => ({ $case: "queryResponse", value })),
  relay: fc.record({ node, commands }).map((value) => ({ $case: "relay", value })),
  appendEntries,
  appendEntriesResponse: vote.map((value) => ({ $case: "appendEntriesResponse", value })),
  nack: fc
    .record({ term: termOrNone, node, lastIndex: indexOrNone, lastHash: hash, commitIndex: indexOrNone })
    .map((value) => ({ $case: "nack", value })),
  commitVote: vote.map((value) => ({ $case: "commitVote", value })),
  timeout: fc.record({ term, node }).map((value) => ({ $case: "timeout", value })),
  requestVote,
  requestVoteResponse,
  syncRequest: fc
    .record({ node, fromIndex: index, want: perhaps(point) })
    .map((value) => ({ $case: "syncRequest", value })),
  syncResponse: fc
    .record({
      node,
      prevIndex: indexOrNone,
      prevHash: hash,
      entries: entries(Number.MAX_SAFE_INTEGER as Term),
      end: fc.record({ $case: fc.constantFrom("commit", "replication"), value: certificate }),
    })
    .map((value) => ({ $case: "syncResponse", value })),
};

export const arbitraryBody: Arbitrary<Body> = fc.oneof(...Object.values(arbitraryBodies));
