/** Cuts of the network (N05-N10, N13, N14): which links they take off, and how they come and go. */
import type { CutMode, Link, Network } from "./network.ts";
import type { CutKind, Options } from "./options.ts";
import type { Random } from "./random.ts";
import type { Schedule } from "./schedule.ts";

type Surroundings = {
  readonly slots: number;
  readonly options: Options;
  readonly choose: Random;
  readonly schedule: Schedule;
  readonly network: Network;
  /** A slot that leads now. */
  readonly leader: () => number | undefined;
  readonly healed: () => boolean;
  readonly tell: (text: string) => void;
};

/** Plans cuts until the faults end; the result counts them by kind. */
export function planCuts(around: Surroundings): Record<string, number> {
  const { options, choose, schedule } = around;
  const counts: Record<string, number> = {};
  if (options.cutEveryMs === 0 || options.cuts.length === 0 || around.slots < 2) return counts;
  const next = (): void => {
    schedule.after(options.cutEveryMs * (0.2 + 1.6 * choose.next()), () => {
      if (around.healed()) return;
      const kind = choose.pick(options.cuts);
      counts[kind] = (counts[kind] ?? 0) + 1;
      begin(kind, around);
      next();
    });
  };
  next();
  return counts;
}

function begin(kind: CutKind, around: Surroundings): void {
  const { slots, choose, tell } = around;
  const all = Array.from({ length: slots }, (_, slot) => slot);
  switch (kind) {
    case "halves": {
      const side = all.map(() => choose.between(0, 1));
      tell(`partition ${side.join("")}`);
      hold(
        around,
        between(all, (from, to) => side[from] !== side[to]),
        "lose",
      );
      return;
    }
    case "groups": {
      const group = all.map(() => choose.between(0, slots - 1));
      tell(`partition ${group.join(" ")}`);
      hold(
        around,
        between(all, (from, to) => group[from] !== group[to]),
        "lose",
      );
      return;
    }
    case "isolate": {
      const alone = choose.pick(all);
      tell(`n${alone} is alone`);
      hold(
        around,
        between(all, (from, to) => from === alone || to === alone),
        "lose",
      );
      return;
    }
    case "leader": {
      const alone = around.leader() ?? choose.pick(all);
      tell(`n${alone}, which leads, is alone`);
      hold(
        around,
        between(all, (from, to) => from === alone || to === alone),
        "lose",
      );
      return;
    }
    case "oneWay": {
      const mute = all.map(() => choose.chance(0.4));
      tell(`only one way: ${all.filter((slot) => mute[slot]).join(" ")} are not heard`);
      hold(
        around,
        between(all, (from, to) => mute[from] === true && mute[to] !== true),
        "lose",
      );
      return;
    }
    case "ring":
      tell("only neighbours in a ring hear each other");
      hold(
        around,
        between(all, (from, to) => !isNeighbour(from, to, slots)),
        "lose",
      );
      return;
    case "bridge": {
      const bridge = choose.pick(all);
      const side = all.map(() => choose.between(0, 1));
      tell(`n${bridge} is the bridge of ${side.join("")}`);
      const apart = (from: number, to: number): boolean => side[from] !== side[to] && from !== bridge && to !== bridge;
      hold(around, between(all, apart), "lose");
      return;
    }
    case "clog": {
      const from = choose.pick(all);
      const to = (from + choose.between(1, slots - 1)) % slots;
      tell(`the link n${from} to n${to} is clogged`);
      hold(around, [{ from, to }], "hold", 5_000);
      return;
    }
    case "swizzle":
      swizzle(around, all);
      return;
    case "flap": {
      const from = choose.pick(all);
      const to = (from + choose.between(1, slots - 1)) % slots;
      tell(`n${from} and n${to} flap`);
      flap(
        around,
        [
          { from, to },
          { from: to, to: from },
        ],
        choose.between(2, 12),
      );
      return;
    }
    case "partialHeal": {
      const side = all.map(() => choose.between(0, 1));
      tell(`partition ${side.join("")}, healing in parts`);
      const links = between(all, (from, to) => side[from] !== side[to]);
      const late = new Set(links.filter(() => choose.chance(0.5)));
      hold(
        around,
        links.filter((link) => !late.has(link)),
        "hold",
      );
      hold(around, [...late], "hold", 3_000);
      return;
    }
  }
}

function between(all: readonly number[], isCut: (from: number, to: number) => boolean): Link[] {
  return all.flatMap((from) => all.flatMap((to) => (from !== to && isCut(from, to) ? [{ from, to }] : [])));
}

function isNeighbour(from: number, to: number, slots: number): boolean {
  const distance = (from - to + slots) % slots;
  return distance === 1 || distance === slots - 1;
}

/** Cuts links for a while. */
function hold({ network, schedule, choose }: Surroundings, links: readonly Link[], mode: CutMode, msMax = 1_500): void {
  network.cut(links, mode);
  schedule.after(50 + choose.next() * msMax, () => network.restore(links, mode));
}

/** N09: clogs some nodes one after the other, and lets them go in another order. */
function swizzle(around: Surroundings, all: readonly number[]): void {
  const { choose, schedule, network, tell } = around;
  const chosen = all.filter(() => choose.chance(0.5));
  tell(`swizzle of ${chosen.join(" ")}`);
  for (const slot of chosen) {
    const links = between(all, (from, to) => from === slot || to === slot);
    schedule.after(choose.next() * 500, () => {
      network.cut(links, "hold");
      schedule.after(100 + choose.next() * 1_000, () => network.restore(links, "hold"));
    });
  }
}

/** N10: on and off, quickly. */
function flap(around: Surroundings, links: readonly Link[], times: number): void {
  if (times === 0) return;
  const { choose, schedule, network } = around;
  network.cut(links, "lose");
  schedule.after(5 + choose.next() * 100, () => {
    network.restore(links, "lose");
    schedule.after(5 + choose.next() * 100, () => flap(around, links, times - 1));
  });
}
