/**
 * Liars whose messages are changed in a few rounds: in c rounds a field of what they say, for some receivers, signed anew with
 * their own key; in d rounds the network is cut in two; both from 0 to 3. All else is as honest nodes do it.
 */
import { open } from "../../../wire/envelope.ts";
import type { NodeId } from "../../../wire/types.ts";
import type { Adversary, Envelope, Said } from "../../sim/adversary.ts";
import { type Memory, mutate, remember, type Scope } from "./fields.ts";

/** A round of these runs: some messages of every kind. */
const roundMs = 120;
export const faultMs = 2_400;
const rounds = faultMs / roundMs;
const faultsMax = 3;

type Fault = { readonly round: number; readonly receivers: ReadonlySet<NodeId> };

/** `note` is told the path of each field that was changed. */
export function byzzFuzz(scope: Scope, note: (path: string) => void): Adversary {
  return {
    name: `byzz-fuzz ${scope}`,
    cast: (choose, { nodes, faulty }) => {
      const first = choose.between(0, nodes - 1);
      return { liars: Array.from({ length: faulty }, (_, at) => ((first + at) % nodes) as NodeId) };
    },
    start: ({ choose, members, cast, now, signBytes }) => {
      const memory: Memory = new Map();
      const some = (): ReadonlySet<NodeId> => new Set([...members.validators.keys()].filter(() => choose.chance(0.6)));
      const drawn = (): readonly Fault[] => {
        const count = choose.between(0, faultsMax);
        return Array.from({ length: count }, () => ({ round: choose.between(0, rounds - 1), receivers: some() }));
      };
      const lies = drawn();
      const cuts = drawn();
      const during = (faults: readonly Fault[]): Fault | undefined => {
        const round = Math.floor(now() / roundMs);
        return faults.find((fault) => fault.round === round);
      };

      function rewrite({ from, to, frame, body }: Envelope): readonly Said[] {
        const opened = open(frame, members.cluster);
        if (!opened.ok) return [{ to, frame }];
        const { signed } = opened.value;
        const changes = during(lies)?.receivers.has(to) === true;
        const said = changes ? mutate(signed, scope, memory, choose) : undefined;
        remember(memory, signed);
        if (said === undefined) return [{ to, frame }];
        note(said.path);
        return [{ to, frame: signBytes({ kind: "node", id: from }, body.$case, said.signed) }];
      }

      return cast.liars.length === 0
        ? {}
        : {
            rewrite,
            passes: (from, to) => {
              const side = during(cuts)?.receivers;
              return side === undefined || side.has(from.node) === side.has(to.node);
            },
          };
    },
  };
}
