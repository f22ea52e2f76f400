/** What a client was answered by f+1 equal answers stays committed, at that index, on every node, for ever. */
import { broken, type Invariant } from "../world.ts";

export function answeredIsForever(): Invariant {
  const name = "AnsweredIsForever, NoFalseEvidence";
  return {
    name,
    atEnd: (world) => {
      for (const node of world.nodes) {
        const log = new Map<number, string>();
        for (const { first, entries } of node.disk.segments()) {
          for (let row = 0; row < entries.count; row++) {
            const payload = entries.data.subarray(entries.payloadStarts[row], entries.payloadEnds[row]);
            log.set(first + row, Buffer.from(payload).toString());
          }
        }
        for (const [payload, index] of world.answered) {
          if (log.get(index) !== payload) broken(name, `node ${node.id} has lost ${payload}, answered at ${index}`);
        }
        if (node.disk.evidence.length > 0) {
          broken(name, `node ${node.id} keeps evidence against ${node.disk.evidence[0]?.accused}, and all are honest`);
        }
      }
    },
  };
}
