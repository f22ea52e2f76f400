import test from "ava";
import { createState } from "../../consensus/state.ts";
import { step } from "../../consensus/step.ts";
import type { Write } from "../../wire/durable.ts";
import { open } from "../../wire/envelope.ts";
import type { NodeId, Signature, Term } from "../../wire/types.ts";
import { append, config, core, genesis, none, point, proof, ticks, timeoutCertificate } from "./bench.ts";

/** Evidence written by these effects: who is accused, and what the frames say. */
function kept(effects: readonly { readonly kind: string; readonly write?: Write }[]): unknown[] {
  return effects.flatMap(({ write }) => {
    if (write?.evidence === undefined) return [];
    const said = write.evidence.frames.map((frame) => {
      const opened = open(frame, genesis);
      if (!opened.ok) throw new Error(opened.reason);
      const { $case, value } = opened.value.body;
      return $case === "requestVoteResponse" ? [value.voter, value.candidate, value.granted, value.lock?.index] : $case;
    });
    return [[write.evidence.kind, ...write.evidence.accused, ...said]];
  });
}

test("a lost candidate keeps both votes of who elected the winner, too", (t) => {
  const state = createState({ ...config }, none);
  // Node 0 becomes a candidate of term 4, where its rank is the first.
  step(state, {
    kind: "requestVote",
    value: { term: 4 as Term, candidate: 1 as NodeId, lock: undefined, timeout: timeoutCertificate(4) },
  });
  ticks(state, 1);
  t.is(state.role.kind, "candidate");
  const lock = point(0, 0, genesis);
  const grant = {
    term: 4 as Term,
    voter: 3 as NodeId,
    candidate: 0 as NodeId,
    lock,
    granted: true,
    voterLock: undefined,
  };
  step(state, { kind: "requestVoteResponse", value: grant, signature: new Uint8Array(64).fill(3) as Signature });
  const effects = step(state, append(state, 4, 1, [], { proof: proof(4, 1) }));
  t.deepEqual(kept(effects), [["equivocation", 3, [3, 0, true, 0], [3, 1, true, 0]]]);
  t.is(state.role.kind, "follower");
});

test("where nobody has voted twice, nothing is kept", (t) => {
  const state = core();
  t.deepEqual(kept(step(state, append(state, 4, 1, [], { proof: proof(4, 1) }))), []);
});
