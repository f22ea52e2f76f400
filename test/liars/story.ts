/** What honest nodes saw of a run: who led when, and when each command was sent and committed. */
import type { NodeId } from "../../wire/types.ts";
import type { Invariant } from "../sim/world.ts";

export type Reign = { readonly term: number; readonly node: NodeId; readonly atMs: number };

export type Told = {
  readonly sentMs: number;
  /** The highest term of any honest node then. */
  readonly sentTerm: number;
  committedMs: number | undefined;
  committedTerm: number | undefined;
};

export type Story = {
  readonly reigns: readonly Reign[];
  /** By payload, of honest clients. */
  readonly commands: ReadonlyMap<string, Told>;
  /** Payloads that some honest node applied, and how many did. */
  readonly applied: ReadonlyMap<string, ReadonlySet<NodeId>>;
  /** Leaf hashes, in hex, of commands that honest nodes said came second under their number, and who said so. */
  readonly refused: ReadonlyMap<string, ReadonlySet<NodeId>>;
  readonly highestTerm: () => number;
};

export type Telling = Story & {
  readonly watch: Invariant;
  /** Virtual time, once the run has begun. */
  clock: () => number;
};

export function createStory(): Telling {
  const reigns: Reign[] = [];
  const commands = new Map<string, Told>();
  const applied = new Map<string, Set<NodeId>>();
  const refused = new Map<string, Set<NodeId>>();
  let term = 0;
  let led = 0;
  let known = 0;

  const telling: Telling = {
    reigns,
    commands,
    applied,
    refused,
    highestTerm: () => term,
    clock: () => 0,
    watch: {
      name: "Story",
      onStep: ({ operations }, node, actor) => {
        for (; known < operations.length; known++) {
          const { payload } = operations[known] ?? { payload: "" };
          const sent = { sentMs: telling.clock(), sentTerm: term, committedMs: undefined, committedTerm: undefined };
          commands.set(payload, sent);
        }
        if (actor !== "consensus" || node.actors === undefined) return;
        const { core } = node.actors.consensus;
        if (core.term > term) term = core.term;
        const { role } = core;
        const leader = role.kind === "leader" ? node.id : role.kind === "follower" ? role.leader : undefined;
        if (leader === undefined || core.term <= led) return;
        led = core.term;
        reigns.push({ term: led, node: leader, atMs: telling.clock() });
      },
      onSign: (_, node, body) => {
        if (body.$case !== "commandResponse") return;
        for (const { index, outcome } of body.value.results) {
          if (index > 0) continue;
          const leaf = Buffer.from(outcome).toString("hex");
          refused.set(leaf, (refused.get(leaf) ?? new Set()).add(node.id));
        }
      },
      onApply: (_, node, bytes) => {
        const payload = Buffer.from(bytes).toString();
        applied.set(payload, (applied.get(payload) ?? new Set()).add(node.id));
        const command = commands.get(payload);
        if (command === undefined || command.committedMs !== undefined) return;
        command.committedMs = telling.clock();
        command.committedTerm = term;
      },
    },
  };
  return telling;
}
