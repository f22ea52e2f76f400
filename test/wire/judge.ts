/** What a node makes of one frame: admission, then verification by the inline verifier, as in the receiver. */
import { admit, type Entrance } from "../../actors/admission.ts";
import type { Post } from "../../actors/mailbox.ts";
import { pack, type Unpacked, unpack } from "../../actors/verification.ts";
import { createInlineVerifier } from "../../pools/inline-verifier.ts";
import type { Entries } from "../../wire/entries.ts";
import type { Body, Digest, LogIndex, NodeId, Term } from "../../wire/types.ts";
import { digest, engine, frameOf, members } from "./cluster.ts";

const verifier = createInlineVerifier(engine);

/** `refused` by admission, or what verification let through. */
export type Judgement = { readonly refused: string } | Unpacked;

export function judge(entrance: Entrance, frame: Uint8Array): Judgement {
  const admitted = admit(members, entrance, frame);
  if (!admitted.ok) return { refused: admitted.reason };
  const task = pack([{ admitted: admitted.value, connection: 1 }], "own");
  return unpack(task, verifier.verifySync(task.batch));
}

/** Why nothing of a frame came through: one reason, or several with commas; "" where nothing was refused. */
export function reasonAgainst(entrance: Entrance, frame: Uint8Array): string {
  const judgement = judge(entrance, frame);
  if ("refused" in judgement) return judgement.refused;
  return judgement.rejects.map(({ reason }) => reason).join(", ");
}

/** The mail that a frame becomes. */
export function postsOf(entrance: Entrance, frame: Uint8Array): readonly Post[] {
  const judgement = judge(entrance, frame);
  return "refused" in judgement ? [] : judgement.posts;
}

/** Signed commands as columns: what an AE of node 1's with these entries brings to consensus. */
export function entriesOf(commands: readonly Uint8Array[], terms: readonly number[]): Entries {
  const entries = commands.map((command, i) => ({ term: (terms[i] ?? 1) as Term, command }));
  const hash: Digest = digest(0);
  const term = Math.max(1, ...terms) as Term;
  const header = { term, leader: 1 as NodeId, prevIndex: 0 as LogIndex, prevHash: hash, endHash: hash };
  const body: Body = { $case: "appendEntries", value: { ...header, entries, proof: undefined } };
  const [post] = postsOf("peer", frameOf(body));
  if (post?.mail.kind !== "appendEntries") throw new Error("no AE came through");
  return post.mail.entries;
}
