import test from "ava";
import { forgottenIn } from "../../consensus/rolled-back.ts";
import type { State } from "../../consensus/state.ts";
import type { Durable } from "../../wire/durable.ts";
import type { NodeId, Term } from "../../wire/types.ts";
import { append, certificate, commands, core, genesis, point, proof } from "./bench.ts";

/** Certificates of the bench are signed by nodes 1, 2 and 3. */
const member = (durable: Partial<Durable>, self = 1): State => core({ self: self as NodeId }, durable);
const in5 = (index: number): Partial<Durable> => ({
  term: 5 as Term,
  vote: { term: 5 as Term, candidate: 2 as NodeId, lock: point(0, 0, genesis) },
  acknowledged: { term: 5 as Term, index: index as never },
});

function inElection(state: State, term: number, leader: number): string | undefined {
  return forgottenIn(state, append(state, term, leader, [], { proof: proof(term, leader) }));
}

test("a proof of election with a vote of its own that it does not know", (t) => {
  t.is(inElection(member(in5(0)), 5, 2), undefined);
  t.is(inElection(member(in5(0)), 4, 3), undefined, "of an earlier term it knows nothing any more");
  t.is(inElection(member(in5(0)), 5, 3), "its vote for node 3 in term 5");
  t.is(inElection(member({ term: 5 as Term }), 5, 2), "its vote for node 2 in term 5");
  t.is(inElection(member(in5(0)), 6, 2), "its vote for node 2 in term 6");
  t.is(inElection(member(in5(0), 0), 6, 2), undefined, "the others' votes");
});

function inLock(state: State, term: number, index: number): string[] {
  const lock = certificate(term, index, genesis);
  const request = { term: 9 as Term, candidate: 2 as NodeId, lock, timeout: undefined };
  const refusal = { ...request, voter: 2 as NodeId, lock: point(0, 0, genesis), granted: false, voterLock: lock };
  const header = { node: 2 as NodeId, prevIndex: 0 as never, prevHash: genesis };
  return [
    forgottenIn(state, { kind: "requestVote", value: request }),
    forgottenIn(state, { kind: "requestVoteResponse", value: refusal, signature: new Uint8Array(64) as never }),
    forgottenIn(state, {
      kind: "syncResponse",
      header: { ...header, end: { $case: "replication", value: lock } },
      entries: commands([]),
    }),
  ].map((what) => what ?? "nothing");
}

test("a replication certificate with an acknowledgement of its own that it does not know", (t) => {
  const thrice = (what: string): string[] => [what, what, what];
  t.deepEqual(inLock(member(in5(7)), 5, 7), thrice("nothing"));
  t.deepEqual(inLock(member(in5(7)), 4, 9), thrice("nothing"));
  t.deepEqual(inLock(member(in5(7)), 5, 8), thrice("its acknowledgement of index 8 in term 5"));
  t.deepEqual(inLock(member(in5(7)), 6, 1), thrice("its acknowledgement of index 1 in term 6"));
  t.deepEqual(inLock(member(in5(7), 0), 6, 1), thrice("nothing"));
});

test("a commit certificate with a vote of its own above its lock", (t) => {
  const inCommit = (state: State, term: number, index: number): string | undefined =>
    forgottenIn(state, {
      kind: "syncResponse",
      header: {
        node: 2 as NodeId,
        prevIndex: 0 as never,
        prevHash: genesis,
        end: { $case: "commit", value: certificate(term, index, genesis) },
      },
      entries: commands([]),
    });
  const locked = { ...in5(7), lock: certificate(5, 6, genesis) };
  t.is(inCommit(member(locked), 5, 6), undefined);
  t.is(inCommit(member(locked), 4, 9), undefined);
  t.is(inCommit(member(locked), 5, 7), "its vote to commit index 7 in term 5");
  t.is(inCommit(member(in5(7)), 1, 1), "its vote to commit index 1 in term 1");
  t.is(inCommit(member(locked, 0), 6, 7), undefined);
});
