/** I45: what a client believes of a request, place and outcome, an honest node has told it. */
import { broken, type Invariant } from "../world.ts";

export function replyBacked(): Invariant {
  const name = "ReplyBacked";
  const told = new Map<string, string>();
  const claim = (index: number, outcome: Uint8Array): string => `${index} ${Buffer.from(outcome).toString("latin1")}`;
  return {
    name,
    onSign: (_, __, body) => {
      if (body.$case !== "commandResponse") return;
      const { client, results } = body.value;
      // All honest ones tell the same: RepliesAgree.
      for (const { request, index, outcome } of results) {
        if (index > 0) told.set(`${client}/${request}`, claim(index, outcome));
      }
    },
    atEnd: ({ operations }) => {
      for (const { client, request, payload, index, outcome } of operations) {
        if (index === undefined || outcome === undefined) continue;
        if (told.get(`${client}/${request}`) === claim(index, outcome)) continue;
        broken(name, `client ${client} believes of ${payload} at ${index} what no honest node has told it`);
      }
    },
  };
}
