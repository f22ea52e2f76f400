/** I15: what is committed in a term was acknowledged in that very term by enough honest nodes; no count of earlier terms commits. */
import type { NodeId } from "../../../wire/types.ts";
import { broken, type Invariant } from "../world.ts";

export function commitInOwnTerm(): Invariant {
  const name = "CommitInOwnTerm";
  /** How far each honest node has acknowledged in each term. */
  const acknowledged = new Map<number, Map<NodeId, number>>();
  let highest = 0;
  return {
    name,
    onSign: (_, node, body) => {
      if (body.$case !== "appendEntriesResponse") return;
      const { term, index } = body.value;
      const known = acknowledged.get(term) ?? new Map<NodeId, number>();
      acknowledged.set(term, known);
      known.set(node.id, Math.max(index, known.get(node.id) ?? 0));
    },
    onStep: ({ members, liars }, _, actor, mail) => {
      if (actor !== "consensus" || mail.kind !== "committed" || mail.certificate.index <= highest) return;
      const { term, index } = mail.certificate;
      highest = index;
      const reached = [...(acknowledged.get(term)?.values() ?? [])].filter((last) => last >= index);
      if (reached.length < members.quorum - liars.size) {
        broken(
          name,
          `${index} is committed in term ${term}, where only ${reached.length} honest nodes acknowledged it`,
        );
      }
    },
  };
}
