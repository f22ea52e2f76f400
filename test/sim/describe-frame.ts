/** What a frame says, in a line of a trace. */
import { open } from "../../wire/envelope.ts";
import type { Digest } from "../../wire/types.ts";
import { createWords, shortNames } from "../consensus/scenario/words.ts";

/** A function that says a message in the words of the scenarios; of what cannot be opened, why not. */
export function frameDescriber(cluster: Digest): (frame: Uint8Array) => string {
  const words = createWords(cluster);
  return (frame) => {
    const opened = open(frame, cluster);
    if (!opened.ok) return `${frame.length} bytes: ${opened.reason}`;
    const { body } = opened.value;
    switch (body.$case) {
      case "appendEntries":
      case "syncResponse":
        words.learn(body.value.prevIndex, body.value.prevHash, body.value.entries);
        return words.body(body);
      case "command":
        return `CMD ${body.value.request} ${Buffer.from(body.value.payload).toString()}`;
      case "commandBatch":
        return `CMDB of ${body.value.commands.length}`;
      default:
        return shortNames[body.$case] === undefined ? body.$case : words.body(body);
    }
  };
}
