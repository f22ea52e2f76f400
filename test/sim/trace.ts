/**
 * What happened in a run: a hash over every event, which tells two runs apart, and for those who look a space-time trace, one line
 * an event, with nodes as columns: L leads, C is a candidate, f follows, x is down, with its term; brackets mark who acts, a dot
 * whose message it acts on.
 */
import type { SimNode } from "./sim-node.ts";

export type Trace = {
  /** Takes an event into the hash. */
  readonly mix: (number: number) => void;
  readonly hash: () => number;
  /** Writes a line; `text` is asked for only if somebody looks. */
  readonly line: (node: SimNode | undefined, text: () => string, sender?: SimNode) => void;
  readonly isOn: boolean;
};

export function createTrace(
  nodes: () => readonly SimNode[],
  now: () => number,
  tell: ((line: string) => void) | undefined,
): Trace {
  let hash = 0x811c9dc5;
  return {
    mix: (number) => {
      hash = Math.imul(hash ^ number, 0x01000193);
      hash ^= hash >>> 15;
    },
    hash: () => hash >>> 0,
    line: (acting, text, sender) => {
      if (tell === undefined) return;
      const columns = nodes().map((node) => {
        if (node === acting) return `[${shortStanding(node)}]`;
        return node === sender ? `.${shortStanding(node)}.` : ` ${shortStanding(node)} `;
      });
      tell(`${now().toFixed(2).padStart(10)} ${columns.map((column) => column.padEnd(5)).join("")} ${text()}`);
    },
    isOn: tell !== undefined,
  };
}

function shortStanding({ actors }: SimNode): string {
  if (actors === undefined) return "x";
  const { role, term } = actors.consensus.core;
  const letter = role.kind === "leader" ? "L" : role.kind === "candidate" ? "C" : "f";
  return `${letter}${term}`;
}
