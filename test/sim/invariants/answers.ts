/** I48: what a client was answered by f+1 equal answers is committed, at that index, on every node that has come so far, for ever. */
import { payloadAt } from "../../../wire/entries.ts";
import { broken, type Invariant } from "../world.ts";

export function answeredIsForever(): Invariant {
  const name = "AnsweredIsForever";
  return {
    name,
    atEnd: ({ nodes, operations }) => {
      for (const node of nodes) {
        const log = new Map<number, string>();
        for (const { first, entries } of node.disk.segments()) {
          for (let row = 0; row < entries.count; row++) {
            log.set(first + row, Buffer.from(payloadAt(entries, row)).toString());
          }
        }
        const committed = node.disk.durable().commit?.index ?? 0;
        for (const { payload, index, answeredAt } of operations) {
          if (answeredAt === undefined || index === undefined || index > committed) continue;
          if (log.get(index) !== payload) broken(name, `node ${node.id} has lost ${payload}, answered at ${index}`);
        }
      }
    },
  };
}
