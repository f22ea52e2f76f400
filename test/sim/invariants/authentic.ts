/** I10, I28: what consensus takes for an honest node's word, that node has signed. */
import type { Body, NodeId } from "../../../wire/types.ts";
import type { Invariant } from "../world.ts";
import { broken, keyOf } from "../world.ts";

/** Bodies whose sender may be taken for another; a leader's entries are looked at by other invariants. */
type Spoken = Extract<
  Body,
  { $case: "appendEntriesResponse" | "commitVote" | "timeout" | "requestVote" | "requestVoteResponse" | "nack" }
>;

export function authentic(): Invariant {
  const name = "Authentic";
  const signed = new Map<NodeId, Set<string>>();
  return {
    name,
    onSign: (_, node, body) => {
      const words = wordsOf(body as Spoken);
      if (words === undefined) return;
      const known = signed.get(node.id) ?? new Set<string>();
      signed.set(node.id, known);
      known.add(words);
    },
    onStep: ({ liars }, node, actor, mail) => {
      const body = bodyOf(actor, mail);
      const words = body === undefined ? undefined : wordsOf(body);
      if (body === undefined || words === undefined) return;
      const sender = senderOf(body);
      if (liars.has(sender) || signed.get(sender)?.has(words) === true) return;
      broken(name, `node ${node.id} takes a ${body.$case} for node ${sender}'s, which never said so`);
    },
  };
}

function bodyOf(actor: string, mail: { readonly kind: string }): Spoken | undefined {
  const { kind } = mail;
  if (actor === "commit-tracker" && kind === "vote" && "vote" in mail && "of" in mail) {
    return { $case: mail.of === "commit" ? "commitVote" : "appendEntriesResponse", value: mail.vote } as Spoken;
  }
  const named = kind === "timeout" || kind === "requestVote" || kind === "requestVoteResponse" || kind === "nack";
  return actor === "consensus" && named && "value" in mail ? ({ $case: kind, value: mail.value } as Spoken) : undefined;
}

function senderOf({ $case, value }: Spoken): NodeId {
  if ($case === "requestVote") return value.candidate;
  return $case === "requestVoteResponse" ? value.voter : value.node;
}

function wordsOf(body: Spoken): string | undefined {
  switch (body.$case) {
    case "appendEntriesResponse":
    case "commitVote": {
      const { term, index, hash } = body.value;
      return `${body.$case} ${term} ${index} ${keyOf(hash)}`;
    }
    case "timeout":
      return `timeout ${body.value.term}`;
    case "requestVote":
      return `requestVote ${body.value.term} ${body.value.lock?.term} ${body.value.lock?.index}`;
    case "requestVoteResponse": {
      const { term, candidate, granted, lock } = body.value;
      return `requestVoteResponse ${term} ${candidate} ${granted} ${lock?.term} ${lock?.index}`;
    }
    case "nack":
      return `nack ${body.value.term} ${body.value.lastIndex} ${body.value.commitIndex}`;
    default:
      return undefined;
  }
}
