/** The old Juno's holes D1 and D4 (identity and meaning of what is signed), tried with real keys on a node's whole way from frame to mail. */
import test from "ava";
import { domainOf } from "../../wire/domain.ts";
import { encodeEnvelope, open, senderOf } from "../../wire/envelope.ts";
import type { Body, BodyCase, NodeId, Signature, Term } from "../../wire/types.ts";
import { bodies, bodyOf } from "./bodies.ts";
import {
  certificateOf,
  cluster,
  commandOf,
  digest,
  frameOf,
  isClients,
  pointOf,
  seedOfClient,
  seedOfNode,
} from "./cluster.ts";
import { judge, postsOf, reasonAgainst } from "./judge.ts";

const entranceOf = (body: Body): "client" | "peer" => (isClients(body) ? "client" : "peer");
const clientsBodies = bodies.filter(isClients);
const nodesBodies = bodies.filter((body) => !isClients(body));
const liar = 3;

function isLetThrough(body: Body): boolean {
  const judgement = judge(entranceOf(body), frameOf(body));
  return !("refused" in judgement) && judgement.rejects.length === 0;
}

test("the honest messages that the lies below are made of are let through", (t) => {
  t.is(clientsBodies.length, 4);
  t.is(nodesBodies.length, 12);
  for (const body of bodies) t.true(isLetThrough(body), body.$case);
});

for (const body of nodesBodies) {
  test(`D1: ${body.$case} in another node's name is refused`, (t) => {
    const seed = seedOfNode(liar);
    t.is(reasonAgainst("peer", frameOf(body, { signer: liar, seed })), "signer is not the sender named in the body");
    t.is(reasonAgainst("peer", frameOf(body, { seed })), "invalid signature");
    t.deepEqual(postsOf("peer", frameOf(body, { seed })), []);
  });
}

for (const body of clientsBodies) {
  test(`D1: ${body.$case} in another client's name is refused`, (t) => {
    const seed = seedOfClient(8);
    t.is(reasonAgainst("client", frameOf(body, { signer: 8, seed })), "signer is not the sender named in the body");
    t.is(reasonAgainst("client", frameOf(body, { seed })), "invalid signature");
    t.deepEqual(postsOf("client", frameOf(body, { seed })), []);
  });
}

test("D1: a node does not pass for the client of the same number, nor a client for the node", (t) => {
  const command = commandOf(7, 1, new Uint8Array(1), { seed: seedOfNode(liar) });
  t.is(reasonAgainst("client", command), "invalid signature");
  const timeout: Body = { $case: "timeout", value: { term: 5 as Term, node: 7 as NodeId } };
  t.is(reasonAgainst("peer", frameOf(timeout, { seed: seedOfClient(7) })), "unknown peer");
});

test("D1: another client's command inside a leader's AE makes the AE an invalid one", (t) => {
  const append = bodyOf("appendEntries");
  const forged = commandOf(7, 9, new Uint8Array(5), { seed: seedOfClient(8) });
  const value = { ...append.value, entries: [{ term: 5 as Term, command: forged }] };
  const [post] = postsOf("peer", frameOf({ ...append, value }));
  t.is(post?.mail.kind, "invalidAppend");
});

for (const body of bodies) {
  test(`D4: ${body.$case} under the tag of any other message is refused`, (t) => {
    for (const kind of Object.keys(domainOf) as BodyCase[]) {
      if (kind === body.$case) continue;
      const frame = frameOf(body, { domain: domainOf[kind] });
      t.is(reasonAgainst(entranceOf(body), frame), "domain tag of another message");
    }
  });

  test(`D4: ${body.$case} of another cluster is refused, also when relabelled`, (t) => {
    const other = digest(0x99);
    t.is(reasonAgainst(entranceOf(body), frameOf(body, { cluster: other })), "another cluster");
    const opened = open(frameOf(body, { cluster: other }), other);
    if (!opened.ok) return t.fail(opened.reason);
    const here = open(frameOf(body), cluster);
    if (!here.ok) return t.fail(here.reason);
    const frame = encodeEnvelope(here.value.signed, opened.value.signature);
    t.is(reasonAgainst(entranceOf(body), frame), "invalid signature");
    return undefined;
  });
}

test("D4: an AER does not pass for a CV of the same fields, nor a CMDR for a CMD", (t) => {
  const signatureOf = (body: Body): Signature => {
    const opened = open(frameOf(body), cluster);
    if (!opened.ok) throw new Error(opened.reason);
    return opened.value.signature;
  };
  const relabelled = (body: Body, signature: Signature): Uint8Array => {
    const opened = open(frameOf(body), cluster);
    if (!opened.ok) throw new Error(opened.reason);
    return encodeEnvelope(opened.value.signed, signature);
  };
  const { value } = bodyOf("appendEntriesResponse");
  const acknowledgement: Body = { $case: "appendEntriesResponse", value };
  const vote: Body = { $case: "commitVote", value };
  t.is(senderOf(acknowledgement), senderOf(vote));
  t.is(reasonAgainst("peer", relabelled(vote, signatureOf(acknowledgement))), "invalid signature");
  t.is(reasonAgainst("peer", relabelled(acknowledgement, signatureOf(vote))), "invalid signature");
  const command = bodyOf("command");
  t.is(reasonAgainst("client", relabelled(command, signatureOf(bodyOf("commandResponse")))), "invalid signature");
});

test("D4: AERs do not make a commit certificate, nor CVs a replication certificate", (t) => {
  const point = pointOf(5, 300, digest(0x33));
  const { $case, value } = bodyOf("syncResponse");
  for (const [kind, other] of [
    ["commit", "replication"],
    ["replication", "commit"],
  ] as const) {
    const end = { $case: kind, value: certificateOf(other, point) };
    t.is(reasonAgainst("peer", frameOf({ $case, value: { ...value, end } })), "invalid signature");
  }
});
