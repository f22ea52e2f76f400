import test from "ava";
import { type Mail, receive, type State, start } from "../../actors/commit-tracker.ts";
import type { Post } from "../../actors/mailbox.ts";
import { pointsPerNodeMax, type VoteKind } from "../../consensus/evidence-book.ts";
import { encodeSigned, open } from "../../wire/envelope.ts";
import type {
  AppendEntriesResponse,
  Body,
  Certificate,
  Digest,
  LogIndex,
  NodeId,
  Signature,
  Term,
} from "../../wire/types.ts";
import { cluster, digest, endorse, engine, frameOf, members, quorum, seedOfNode } from "../wire/cluster.ts";
import { judge } from "../wire/judge.ts";
import { plain } from "../wire/plain.ts";

const tracker = (commitIndex = 0): State => start({ cluster, quorum, commitIndex: commitIndex as LogIndex });

type Point = { readonly index?: number; readonly hash?: Digest; readonly term?: number };

/** A vote as the receiver passes it on: really signed. */
function voteOf(of: VoteKind, node: number, { index = 10, hash = digest(1), term = 5 }: Point = {}): Mail {
  const vote: AppendEntriesResponse = { term: term as Term, node: node as NodeId, index: index as LogIndex, hash };
  const body: Body = { $case: of === "replication" ? "appendEntriesResponse" : "commitVote", value: vote };
  const signature = engine.sign(encodeSigned(cluster, node, body), seedOfNode(node)) as Signature;
  return { kind: "vote", of, vote, signature };
}

function certificatesIn(posts: readonly Post[]): Certificate[] {
  return posts.flatMap(({ mail }) =>
    mail.kind === "replicated" || mail.kind === "committed" ? [mail.certificate] : [],
  );
}

const kinds = [
  ["replication", "replicated"],
  ["commit", "committed"],
] as const;

for (const [of, event] of kinds) {
  test(`${of}: a certificate comes with the third of four distinct votes, and only once`, (t) => {
    const state = tracker();
    t.deepEqual(receive(state, voteOf(of, 3)), []);
    t.deepEqual(receive(state, voteOf(of, 1)), []);
    const posts = receive(state, voteOf(of, 2));
    t.deepEqual(
      posts.map(({ to, mail }) => `${to} ${mail.kind}`),
      [`consensus ${event}`, "receiver certified"],
    );
    t.deepEqual(posts[1]?.mail, { kind: "certified", of, term: 5 as Term, index: 10 as LogIndex });
    const [certificate] = certificatesIn(posts);
    const bare = { term: 5 as Term, index: 10 as LogIndex, hash: digest(1), endorsements: [] };
    const endorsements = endorse({ kind: of, certificate: bare }, [1, 2, 3]);
    t.deepEqual(plain(certificate), plain({ ...bare, endorsements }));
    t.deepEqual(receive(state, voteOf(of, 0)), []);
  });

  test(`${of}: a vote repeated counts once`, (t) => {
    const state = tracker();
    for (let i = 0; i < 5; i++) {
      t.deepEqual(receive(state, voteOf(of, 1)), []);
      t.deepEqual(receive(state, voteOf(of, 2)), []);
    }
    t.is(certificatesIn(receive(state, voteOf(of, 3))).length, 1);
    for (const node of [1, 2, 3]) t.deepEqual(receive(state, voteOf(of, node)), []);
  });

  test(`${of}: a certificate made here is let through at other nodes`, (t) => {
    const state = tracker();
    const [certificate] = [0, 2, 3].flatMap((node) => certificatesIn(receive(state, voteOf(of, node))));
    if (certificate === undefined) return t.fail("no certificate");
    const header = { node: 1 as NodeId, prevIndex: 10 as LogIndex, prevHash: digest(1), entries: [] };
    const end = { $case: of, value: certificate };
    const judgement = judge("peer", frameOf({ $case: "syncResponse", value: { ...header, end } }));
    t.true(!("refused" in judgement) && judgement.posts.length === 1 && judgement.rejects.length === 0);
    return undefined;
  });

  test(`${of}: two hashes signed for one place are evidence, whose two frames both verify`, (t) => {
    const state = tracker();
    receive(state, voteOf(of, 3));
    const [post, ...rest] = receive(state, voteOf(of, 3, { hash: digest(2) }));
    t.deepEqual(rest, []);
    if (post?.mail.kind !== "write") return t.fail("no evidence");
    t.is(post.to, "log");
    t.deepEqual(post.mail.release, []);
    const { evidence } = post.mail.write;
    t.deepEqual([evidence?.kind, evidence?.accused], ["equivocation", [3 as NodeId]]);
    const hashes = (evidence?.frames ?? []).map((frame) => {
      const opened = open(frame, cluster);
      if (!opened.ok) throw new Error(opened.reason);
      const { signature, signed, signer, body } = opened.value;
      t.is(signer, 3);
      t.true(engine.verify(signature, signed, members.validators.get(3 as NodeId) ?? new Uint8Array(32)));
      t.is(body.$case, of === "replication" ? "appendEntriesResponse" : "commitVote");
      return "hash" in body.value ? body.value.hash[0] : undefined;
    });
    t.deepEqual(hashes, [1, 2]);
    return undefined;
  });

  test(`${of}: an equivocator counts for what it said first, and never for both`, (t) => {
    const state = tracker();
    receive(state, voteOf(of, 3));
    receive(state, voteOf(of, 3, { hash: digest(2) }));
    const second = [0, 1].flatMap((node) => receive(state, voteOf(of, node, { hash: digest(2) })));
    t.deepEqual(second, []);
    t.is(certificatesIn(receive(state, voteOf(of, 2, { hash: digest(2) }))).length, 1);
  });
}

test("votes for different hashes, indexes, terms or rounds do not add up", (t) => {
  const state = tracker();
  const votes = [
    voteOf("replication", 0),
    voteOf("commit", 1),
    voteOf("replication", 2, { hash: digest(2) }),
    voteOf("replication", 3, { index: 11 }),
    voteOf("replication", 1, { term: 6 }),
    voteOf("replication", 3),
  ];
  t.deepEqual(
    votes.flatMap((vote) => receive(state, vote)),
    [],
  );
  t.is(certificatesIn(receive(state, voteOf("replication", 1))).length, 1);
});

test("another hash in another term is no conflict", (t) => {
  const state = tracker();
  receive(state, voteOf("replication", 3));
  t.deepEqual(receive(state, voteOf("replication", 3, { term: 6, hash: digest(2) })), []);
  t.deepEqual(receive(state, voteOf("commit", 3, { hash: digest(2) })), []);
});

test("a node may have 256 points open; beyond, its oldest are forgotten, and nobody else's", (t) => {
  const state = tracker();
  receive(state, voteOf("commit", 0, { index: 1 }));
  receive(state, voteOf("commit", 1, { index: 1 }));
  for (let index = 1; index <= pointsPerNodeMax; index++) {
    const hash = index === 1 ? digest(9) : digest(1);
    receive(state, voteOf("commit", 3, { index, hash }));
  }
  t.is(state.book.said.get(3 as NodeId)?.size, pointsPerNodeMax);
  t.is(state.book.counts.size, pointsPerNodeMax + 1);
  receive(state, voteOf("commit", 3, { index: pointsPerNodeMax + 1 }));
  t.is(state.book.said.get(3 as NodeId)?.size, pointsPerNodeMax);
  t.is(state.book.counts.size, pointsPerNodeMax + 1, "one more, one less");
  t.is(certificatesIn(receive(state, voteOf("commit", 2, { index: 1 }))).length, 1);
  // Index 2 is node 3's oldest now; two others are not enough once it is gone.
  receive(state, voteOf("commit", 3, { index: pointsPerNodeMax + 2 }));
  const late = [0, 1].flatMap((node) => receive(state, voteOf("commit", node, { index: 2 })));
  t.deepEqual(late, []);
  const kept = [0, 1].flatMap((node) => receive(state, voteOf("commit", node, { index: 3 })));
  t.is(certificatesIn(kept).length, 1);
});

test("what is settled is forgotten, and votes on it are no more counted", (t) => {
  const state = tracker(5);
  for (const node of [0, 1, 2]) t.deepEqual(receive(state, voteOf("commit", node, { index: 5 })), []);
  t.is(state.book.counts.size, 0);
  for (const index of [6, 7, 8]) for (const node of [0, 1]) receive(state, voteOf("commit", node, { index }));
  t.is(state.book.counts.size, 3);
  t.deepEqual(receive(state, { kind: "settled", index: 7 as LogIndex }), []);
  t.is(state.book.counts.size, 1);
  t.deepEqual(
    [...state.book.said.values()].map((said) => said.size),
    [1, 1],
  );
  t.deepEqual(receive(state, voteOf("commit", 2, { index: 7 })), []);
  t.is(certificatesIn(receive(state, voteOf("commit", 2, { index: 8 }))).length, 1);
});
