/** I14, I22: at most one leader is elected in each term, and its log goes through everything committed in earlier ones. */
import { hashAt } from "../../../consensus/tail.ts";
import type { Certificate } from "../../../wire/types.ts";
import { broken, hex, type Invariant } from "../world.ts";

export function electionSafety(): Invariant {
  const name = "ElectionSafety, LeaderCompleteness";
  const leaders = new Map<number, number>();
  const commits: Certificate[] = [];
  return {
    name,
    onStep: (_, node, actor, mail) => {
      if (actor !== "consensus") return;
      if (mail.kind === "committed") commits.push(mail.certificate);
      const core = node.actors?.consensus.core;
      if (core?.role.kind !== "leader" || leaders.get(core.term) === node.id) return;
      const other = leaders.get(core.term);
      if (other !== undefined) broken(name, `nodes ${other} and ${node.id} both lead term ${core.term}`);
      leaders.set(core.term, node.id);
      for (const commit of commits) {
        if (commit.term >= core.term || commit.index < core.tail.base) continue;
        const own = hashAt(core.tail, commit.index);
        if (own === undefined || hex(own) !== hex(commit.hash)) {
          broken(name, `node ${node.id} leads term ${core.term} without what is committed at ${commit.index}`);
        }
      }
    },
  };
}
