/** The network of a scenario: frames stay in flight until the script delivers, drops, copies or reorders them. */
import type { BodyCase, NodeId } from "../../../wire/types.ts";
import { shortNames } from "./words.ts";

export type InFlight = {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: BodyCase;
  readonly text: string;
  readonly frame: Uint8Array;
};

/** Which messages a command means; undefined means any. */
export type Selection = {
  readonly kinds: readonly string[] | undefined;
  readonly from: readonly number[] | undefined;
  readonly to: readonly number[] | undefined;
  /** Only the oldest of them. */
  readonly one: boolean;
};

type Way = Pick<InFlight, "from" | "to" | "kind">;

export type Network = {
  readonly add: (message: InFlight) => void;
  readonly selected: (selection: Selection) => InFlight[];
  readonly remove: (messages: readonly InFlight[]) => void;
  /** Puts the newest of these frames where the oldest was, and so on. */
  readonly reverse: (messages: readonly InFlight[]) => void;
  /** Cuts the cluster into groups; a node in none is alone. */
  readonly cut: (groups: readonly (readonly number[])[]) => void;
  /** From now on loses what is selected. */
  readonly block: (selection: Selection) => void;
  /** Neither cuts nor blocks any more. */
  readonly heal: () => void;
  readonly passes: (way: Way) => boolean;
};

export function createNetwork(): Network {
  let flight: InFlight[] = [];
  let groups: readonly (readonly number[])[] | undefined;
  let blocks: Selection[] = [];
  const within = (all: readonly (number | string)[] | undefined, one: number | string): boolean =>
    all === undefined || all.includes(one);
  const matches = ({ kinds, from, to }: Selection, way: Way): boolean =>
    within(kinds, shortNames[way.kind] ?? "") && within(from, way.from) && within(to, way.to);
  return {
    add: (message) => flight.push(message),
    selected: (selection) => {
      const all = flight.filter((message) => matches(selection, message));
      return selection.one ? all.slice(0, 1) : all;
    },
    remove: (messages) => {
      const gone = new Set(messages);
      flight = flight.filter((message) => !gone.has(message));
    },
    reverse: (messages) => {
      const chosen = new Set(messages);
      const newestFirst = messages.toReversed().values();
      flight = flight.map((message) => (chosen.has(message) ? (newestFirst.next().value ?? message) : message));
    },
    cut: (into) => {
      groups = into;
    },
    block: (selection) => blocks.push(selection),
    heal: () => {
      groups = undefined;
      blocks = [];
    },
    passes: (way) => {
      const together =
        groups === undefined || groups.some((group) => group.includes(way.from) && group.includes(way.to));
      return together && !blocks.some((selection) => matches(selection, way));
    },
  };
}
