/** I45: all honest nodes tell a client the same of one request, however often; and a command that came second, only that it did. */
import { broken, type Invariant } from "../world.ts";

export function repliesAgree(): Invariant {
  const name = "RepliesAgree";
  const answers = new Map<string, string>();
  return {
    name,
    onSign: (_, node, body) => {
      if (body.$case !== "commandResponse") return;
      const { client, results } = body.value;
      for (const { request, index, outcome } of results) {
        if (index === 0) continue;
        const asked = `${client}/${request}`;
        const answer = `${index} ${Buffer.from(outcome).toString("latin1")}`;
        const known = answers.get(asked);
        if (known === undefined) answers.set(asked, answer);
        else if (known !== answer) broken(name, `node ${node.id} answers request ${asked} unlike before, or others`);
      }
    },
  };
}
