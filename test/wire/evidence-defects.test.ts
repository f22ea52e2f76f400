/** The old Juno's holes D2 and D3 (what counts as evidence), tried with real keys on the whole way from frame to mail. */
import test from "ava";
import { open } from "../../wire/envelope.ts";
import type { Body, Endorsement, NodeId, Term } from "../../wire/types.ts";
import { bodyOf } from "./bodies.ts";
import {
  certificateOf,
  cluster,
  digest,
  electionProofOf,
  endorse,
  frameOf,
  pointOf,
  timeoutCertificateOf,
} from "./cluster.ts";
import { postsOf, reasonAgainst } from "./judge.ts";

const liar = 3;

type Carrier = readonly [string, (change: (honest: readonly Endorsement[]) => readonly Endorsement[]) => Body];

/** Every message that carries a certificate, with its endorsements changed. */
const carriers: readonly Carrier[] = [
  [
    "the election proof of an AE",
    (change) => {
      const proof = electionProofOf(5, 1, pointOf(4, 298, digest(0x22)));
      const { $case, value } = bodyOf("appendEntries");
      return { $case, value: { ...value, proof: { ...proof, endorsements: change(proof.endorsements) } } };
    },
  ],
  [
    "the timeout certificate of an RV",
    (change) => {
      const timeout = timeoutCertificateOf(5);
      const { $case, value } = bodyOf("requestVote");
      return { $case, value: { ...value, timeout: { ...timeout, endorsements: change(timeout.endorsements) } } };
    },
  ],
  [
    "the lock of an RV",
    (change) => {
      const lock = certificateOf("replication", pointOf(4, 298, digest(0x22)));
      const { $case, value } = bodyOf("requestVote");
      return { $case, value: { ...value, lock: { ...lock, endorsements: change(lock.endorsements) } } };
    },
  ],
  [
    "the lock of an RVR",
    (change) => {
      const voterLock = certificateOf("replication", pointOf(4, 298, digest(0x22)));
      const { $case, value } = bodyOf("requestVoteResponse");
      const changed = { ...voterLock, endorsements: change(voterLock.endorsements) };
      return { $case, value: { ...value, voterLock: changed } };
    },
  ],
  ...(["commit", "replication"] as const).map(
    (kind): Carrier => [
      `the ${kind} certificate of an answer to SYNC`,
      (change) => {
        const certificate = certificateOf(kind, pointOf(5, 300, digest(0x33)));
        const { $case, value } = bodyOf("syncResponse");
        const end = { $case: kind, value: { ...certificate, endorsements: change(certificate.endorsements) } };
        return { $case, value: { ...value, end } };
      },
    ],
  ),
];

for (const [what, bodyWith] of carriers) {
  const against = (change: (honest: readonly Endorsement[]) => readonly Endorsement[]): string =>
    reasonAgainst("peer", frameOf(bodyWith(change)));
  const as = (node: number, endorsement: Endorsement | undefined): Endorsement => {
    if (endorsement === undefined) throw new Error("no endorsement");
    return { ...endorsement, node: node as NodeId };
  };

  test(`D2: one signer counts once in ${what}`, (t) => {
    const ascending = "endorsements not by ascending node";
    t.is(
      against((honest) => honest),
      "",
    );
    t.is(
      against(([first]) => [as(0, first), as(0, first), as(0, first)]),
      ascending,
    );
    t.is(
      against(([first, second]) => [as(0, first), as(1, second), as(1, second)]),
      ascending,
    );
    t.is(
      against((honest) => honest.toReversed()),
      ascending,
    );
    t.is(
      against(([a, b, c]) => [as(0, a), as(2, c), as(1, b)]),
      ascending,
    );
    // The same signature in others' names.
    t.is(
      against(([first]) => [as(0, first), as(1, first), as(2, first)]),
      "invalid signature",
    );
    t.is(
      against(([a, b, c]) => [as(0, a), as(1, b), as(3, c)]),
      "invalid signature",
    );
  });

  test(`D2: it takes exactly a quorum of validators in ${what}`, (t) => {
    t.is(
      against(() => []),
      "certificate without a quorum",
    );
    t.is(
      against((honest) => honest.slice(1)),
      "certificate without a quorum",
    );
    t.is(
      against((honest) => [...honest, as(3, honest[0])]),
      "certificate without a quorum",
    );
    t.is(
      against(([a, b, c]) => [as(0, a), as(1, b), as(9, c)]),
      "certificate signed by a stranger",
    );
  });

  test(`D2: nothing signed over another statement counts in ${what}`, (t) => {
    const point = pointOf(6, 300, digest(0x33));
    const others = [
      endorse({ kind: "replication", certificate: { ...point, endorsements: [] } }, [0, 1, 2]),
      endorse({ kind: "commit", certificate: { ...point, endorsements: [] } }, [0, 1, 2]),
      timeoutCertificateOf(6).endorsements,
      electionProofOf(6, 1, pointOf(4, 298, digest(0x22))).endorsements,
    ];
    for (const endorsements of others)
      t.is(
        against(() => endorsements),
        "invalid signature",
      );
    t.deepEqual(postsOf("peer", frameOf(bodyWith(() => others[0] ?? []))), []);
  });
}

test("D2: votes of one node for several locks are not several votes", (t) => {
  const locks = [297, 298, 299].map((index) => pointOf(4, index, digest(0x22)));
  const own = locks.flatMap((lock) => electionProofOf(5, liar, lock, [liar]).endorsements);
  const endorsements = own.map((one, i) => ({ ...one, node: i as NodeId }));
  const proof = { term: 5 as Term, leader: liar as NodeId, lock: pointOf(4, 299, digest(0x22)), endorsements };
  const { $case, value } = bodyOf("appendEntries");
  const frame = frameOf({ $case, value: { ...value, leader: liar as NodeId, proof } });
  t.is(reasonAgainst("peer", frame), "invalid signature");
});

test("D3: refusals are no votes", (t) => {
  const lock = pointOf(4, 298, digest(0x22));
  const answer = (voter: number, granted: boolean): Endorsement => {
    const node = voter as NodeId;
    const candidate = liar as NodeId;
    const value = { term: 5 as Term, voter: node, candidate, lock, granted, voterLock: undefined };
    const opened = open(frameOf({ $case: "requestVoteResponse", value }), cluster);
    if (!opened.ok) throw new Error(opened.reason);
    return { node, signature: opened.value.signature };
  };
  const led = (endorsements: Endorsement[]): Uint8Array => {
    const proof = { term: 5 as Term, leader: liar as NodeId, lock, endorsements };
    const { $case, value } = bodyOf("appendEntries");
    return frameOf({ $case, value: { ...value, leader: liar as NodeId, proof } });
  };
  t.is(reasonAgainst("peer", led([answer(0, true), answer(1, true), answer(3, true)])), "");
  t.is(reasonAgainst("peer", led([answer(0, false), answer(1, false), answer(3, true)])), "invalid signature");
  t.is(reasonAgainst("peer", led([answer(0, true), answer(1, false), answer(3, true)])), "invalid signature");
  t.deepEqual(postsOf("peer", led([answer(0, false), answer(1, false), answer(3, true)])), []);
});

test("D3: votes for another candidate, term or lock are no votes", (t) => {
  const lock = pointOf(4, 298, digest(0x22));
  const { $case, value } = bodyOf("appendEntries");
  const led = (endorsements: readonly Endorsement[]): string => {
    const proof = { term: 5 as Term, leader: 1 as NodeId, lock, endorsements };
    return reasonAgainst("peer", frameOf({ $case, value: { ...value, proof } }));
  };
  t.is(led(electionProofOf(5, 1, lock).endorsements), "");
  t.is(led(electionProofOf(5, 2, lock).endorsements), "invalid signature");
  t.is(led(electionProofOf(4, 1, lock).endorsements), "invalid signature");
  t.is(led(electionProofOf(5, 1, pointOf(3, 298, digest(0x22))).endorsements), "invalid signature");
  t.is(led(electionProofOf(5, 1, pointOf(4, 298, digest(0x23))).endorsements), "invalid signature");
});

test("an AE shows the proof of its own election: neither an older one nor somebody else's", (t) => {
  const lock = pointOf(4, 298, digest(0x22));
  const { $case, value } = bodyOf("appendEntries");
  const led = (term: number, leader: number, proof: typeof value.proof): string =>
    reasonAgainst("peer", frameOf({ $case, value: { ...value, term: term as Term, leader: leader as NodeId, proof } }));
  t.is(led(5, 1, electionProofOf(5, 1, lock)), "");
  t.is(led(9, 1, electionProofOf(5, 1, lock)), "proof of another election");
  t.is(led(5, liar, electionProofOf(5, 1, lock)), "proof of another election");
  t.is(led(99, liar, electionProofOf(5, 1, lock)), "proof of another election");
});

test("an RV shows a timeout certificate for its own term", (t) => {
  const { $case, value } = bodyOf("requestVote");
  const frame = frameOf({ $case, value: { ...value, term: 9 as Term, timeout: timeoutCertificateOf(5) } });
  t.is(reasonAgainst("peer", frame), "timeout certificate of another term");
});
