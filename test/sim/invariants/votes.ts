/** I17, I18: one vote in each term, no signature for a term below one already served, across crashes. */
import { broken, type Invariant, key } from "../world.ts";

export function oneVotePerTerm(): Invariant {
  const name = "OneVotePerTerm, TermMonotone";
  const votes = new Map<string, number>();
  const terms = new Map<number, number>();
  return {
    name,
    onSign: (_, node, body) => {
      const kind = body.$case;
      const voting = kind === "appendEntriesResponse" || kind === "commitVote" || kind === "requestVoteResponse";
      if (!voting) return;
      const { term } = body.value;
      const before = terms.get(node.id) ?? 0;
      if (term < before) broken(name, `node ${node.id} signs a ${kind} of term ${term} after term ${before}`);
      terms.set(node.id, term);
      if (kind !== "requestVoteResponse" || !body.value.granted) return;
      const vote = votes.get(key(node.id, term));
      if (vote !== undefined && vote !== body.value.candidate) {
        broken(name, `node ${node.id} votes for ${body.value.candidate} after ${vote} in term ${term}`);
      }
      votes.set(key(node.id, term), body.value.candidate);
    },
  };
}
