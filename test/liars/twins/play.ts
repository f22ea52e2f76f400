/** Plays one scenario of twins on the simulator, invariants and healing included. */
import { domainOf } from "../../../wire/domain.ts";
import type { Adversary, Place } from "../../sim/adversary.ts";
import { calm, type Options } from "../../sim/options.ts";
import { type SimNode, tickNow } from "../../sim/sim-node.ts";
import { type Report, simulate } from "../../sim/simulation.ts";
import type { Invariant } from "../../sim/world.ts";
import type { Scenario } from "./scenario.ts";

/** Slow ticks: few events; what has to come by a clock comes by a jump of it. */
const timing: Partial<Options> = {
  tickMs: 220,
  heartbeatTicks: 2,
  electionTicksMin: 4,
  electionTicksMax: 8,
  candidateDelayTicks: 1,
  clients: 1,
};
/** After so long in a term nothing is heard but timeouts, and clocks jump to them: the next term comes. */
const roundMs = 240;
const driveMs = 40;
const termMs = 400;

/** What the first field of a frame's signed bytes says (see wire/juno.proto), without reading all of it. */
function isKind(frame: Uint8Array, tag: string): boolean {
  // Envelope.signed: its tag, a length of one or two bytes; Signed.domain: its tag and length.
  const start = (frame[1] ?? 0) >= 0x80 ? 3 : 2;
  if (frame[start] !== 0x0a || frame[start + 1] !== tag.length) return false;
  for (let at = 0; at < tag.length; at++) if (frame[start + 2 + at] !== tag.charCodeAt(at)) return false;
  return true;
}

export function playTwins(scenario: Scenario): Report {
  const { nodes, twins, rounds, seed } = scenario;
  const terms = new Map<string, { term: number; sinceMs: number }>();
  const honest = new Set<SimNode>();
  let now = (): number => 0;

  function noteTerm(place: Place, term: number): { term: number; sinceMs: number } {
    const key = `${place.node}/${place.copy}`;
    const known = terms.get(key);
    if (known?.term === term) return known;
    const entered = { term, sinceMs: now() };
    terms.set(key, entered);
    return entered;
  }

  const watch: Invariant = {
    name: "Terms",
    onBoot: (_, node) => void honest.add(node),
    onStep: (_, node, actor) => {
      if (actor === "consensus") noteTerm({ node: node.id, copy: 0 }, node.actors?.consensus.core.term ?? 0);
    },
  };

  /** Clocks may go as they like: to the end of a round, or to the turn of its candidate, timers doubled or not. */
  function drive(): void {
    for (const node of honest) {
      const core = node.actors?.consensus.core;
      if (core === undefined) continue;
      const { sinceMs } = noteTerm({ node: node.id, copy: 0 }, core.term);
      const { deadlineTick } = core;
      const isOver = now() - sinceMs > roundMs;
      const isOpen = core.role.kind === "follower" && core.role.leader === undefined && core.backoff > 0;
      const until = isOver ? deadlineTick : isOpen ? deadlineTick - 1 : core.tick;
      while (core.tick < until && node.actors?.consensus.core === core) tickNow(node);
    }
  }

  const adversary: Adversary = {
    name: "twins",
    cast: () => ({ liars: twins, twins }),
    start: (lair) => {
      now = lair.now;
      const placeOf = ({ node, copy }: Place): number => (copy === 0 ? node : nodes + twins.indexOf(node));
      let healed = false;
      const driveOn = (): void => {
        if (healed || [...terms.values()].some(({ term }) => term > rounds.length)) return;
        drive();
        lair.later(driveMs, driveOn);
      };
      lair.later(2 * driveMs, driveOn);
      return {
        passes: (from, to, frame) => {
          if (healed || isKind(frame, domainOf.timeout)) return true;
          const own = twins.includes(from.node)
            ? noteTerm(from, lair.actors(from.node, from.copy)?.consensus.core.term ?? 0)
            : terms.get(`${from.node}/${from.copy}`);
          const round = rounds[(own?.term ?? 0) - 1];
          if (round === undefined) return true;
          if (lair.now() - (own?.sinceMs ?? 0) > roundMs) return false;
          if (isKind(frame, domainOf.requestVote) && round.leader !== from.node) return false;
          return round.groups[placeOf(from)] === round.groups[placeOf(to)];
        },
        healed: () => {
          healed = true;
        },
      };
    },
  };
  const faultMs = rounds.length * termMs;
  const options: Options = { ...calm, ...timing, nodes, faultMs, commands: 2 + rounds.length };
  return simulate({ seed, options, adversary, watch: [watch] });
}
