/** I39, I40, I42: equal applied index means equal state; no request takes effect twice; nothing is applied that no client signed. */
import { broken, hex, type Invariant } from "../world.ts";

export function stateMachineSafety(): Invariant {
  const name = "StateMachineSafety, ExactlyOnce, NoForgery";
  const hashes = new Map<number, string>();
  const applied = new Map<string, Set<string>>();
  return {
    name,
    onApply: (world, node, payload) => {
      const text = Buffer.from(payload).toString();
      if (!world.signedPayloads.has(text)) broken(name, `node ${node.id} applies ${text}, which nobody signed`);
      const life = `${node.id}/${node.life}`;
      const done = applied.get(life) ?? new Set<string>();
      applied.set(life, done);
      if (done.has(text)) broken(name, `node ${node.id} applies ${text} twice`);
      done.add(text);
    },
    onStep: (_, node, actor, mail) => {
      if (actor !== "applier" || mail.kind !== "apply" || node.actors === undefined) return;
      const { appliedIndex, io } = node.actors.applier;
      const hash = hex(io.machine.stateHash());
      const known = hashes.get(appliedIndex);
      if (known !== undefined && known !== hash) broken(name, `states differ after index ${appliedIndex}`);
      hashes.set(appliedIndex, hash);
    },
  };
}
