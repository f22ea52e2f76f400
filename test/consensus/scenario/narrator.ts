/** Tells what happens in a scenario, one line for each thing: what nodes send, write, note, lock, commit and refuse. */
import { commitIndexOf } from "../../../consensus/state.ts";
import type { Write } from "../../../wire/durable.ts";
import { type Body, type NodeId, sameBytes } from "../../../wire/types.ts";
import type { SimNode } from "../../sim/sim-node.ts";
import type { Network } from "./network.ts";
import type { Words } from "./words.ts";

export type Narrator = {
  readonly sent: (from: NodeId, to: NodeId, frame: Uint8Array, body: Body) => void;
  readonly forged: (from: NodeId, to: NodeId, frame: Uint8Array, body: Body) => void;
  readonly replied: (from: NodeId, body: Body) => void;
  /** Called before the disk takes them. */
  readonly written: (node: NodeId, writes: readonly Write[]) => void;
  readonly noted: (node: NodeId, text: string) => void;
  /** An actor of this node has received mail, or the node has started or ended. */
  readonly stepped: (node: SimNode) => void;
  /** Tells what was kept back to go into one line. */
  readonly flush: () => void;
};

type Seen = { readonly lock: string; readonly commit: number; readonly refused: number };

export function createNarrator(words: Words, network: Network, tell: (line: string) => void): Narrator {
  /** One frame to several nodes is one line. */
  let pending: { start: string; frame: Uint8Array; to: string[]; lost: string[] } | undefined;
  const seen = new Map<NodeId, Seen>();

  function flush(): void {
    if (pending === undefined) return;
    const { start, to, lost } = pending;
    pending = undefined;
    const targets = to.length > 0 ? ` -> ${to.join(" ")}` : "";
    tell(`${start}${targets}${lost.length > 0 ? `, lost to ${lost.join(" ")}` : ""}`);
  }

  function say(line: string): void {
    flush();
    tell(line);
  }

  function send(verb: string, from: NodeId, to: NodeId, frame: Uint8Array, body: Body): void {
    const start = `n${from} ${verb} ${words.body(body)}`;
    const kind = body.$case;
    const again = pending?.to.includes(`n${to}`) || pending?.lost.includes(`n${to}`);
    if (pending === undefined || again || pending.start !== start || !sameBytes(pending.frame, frame)) {
      flush();
      pending = { start, frame, to: [], lost: [] };
    }
    (network.passes({ from, to, kind }) ? pending.to : pending.lost).push(`n${to}`);
  }

  function stepped(node: SimNode): void {
    const { id, actors } = node;
    if (actors === undefined) {
      seen.delete(id);
      return;
    }
    const { core } = actors.consensus;
    const rejects = Object.entries(actors.receiver.rejects);
    const refused = rejects.reduce((sum, [, count]) => sum + count, 0);
    const now: Seen = { lock: words.point(core.lock), commit: commitIndexOf(core), refused };
    const before = seen.get(id);
    seen.set(id, now);
    if (before === undefined) return;
    if (now.lock !== before.lock) say(`n${id} locks ${now.lock}`);
    if (now.commit !== before.commit) say(`n${id} commits ${words.chain(now.commit, core.tail.baseHash)}`);
    if (now.refused !== before.refused) say(`n${id} refuses a frame: ${rejects.at(-1)?.[0]}`);
  }

  return {
    sent: (from, to, frame, body) => send("sends", from, to, frame, body),
    forged: (from, to, frame, body) => send("lies", from, to, frame, body),
    replied: (from, body) => say(`n${from} answers the client: ${words.body(body)}`),
    written: (node, writes) => say(`n${node} writes ${writes.flatMap(words.write).join("; ")}`),
    noted: (node, text) => say(`n${node}: ${text}`),
    stepped,
    flush,
  };
}
