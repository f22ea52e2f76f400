/** I49: what honest nodes keep as evidence convicts liars only. */
import { broken, type Invariant } from "../world.ts";

export function noFraming(): Invariant {
  const name = "NoFraming";
  return {
    name,
    onStep: ({ liars }, node, actor, mail) => {
      if (actor !== "log" || mail.kind !== "write" || mail.write.evidence === undefined) return;
      const { accused, kind } = mail.write.evidence;
      const framed = accused.find((id) => !liars.has(id));
      if (framed !== undefined)
        broken(name, `node ${node.id} keeps evidence of ${kind} against node ${framed}, which is honest`);
    },
  };
}
