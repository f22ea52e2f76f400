/**
 * No gas buys much more processor time than that of a plain loop does: so 10,000,000 of it, whatever they are spent on, stay below
 * half a second on a machine whose loop takes 2 ns per gas. A ratio inside one process; what disturbs a try is gone in another.
 */
import test from "ava";
import { gasCases } from "../../../bench/gas-cases.ts";
import { nsPerGas, type RunCase, roundsFor, runnerOf } from "../../../bench/gas-price.ts";

/** The loop is quickest of all when it is hot; most others lie between two and ten times above it. */
const timesMost = 24;
const tries = 6;
/** Of each try; some milliseconds. */
const gas = 600_000;

const loop = gasCases.find(({ name }) => name === "empty loop");
const others = gasCases.filter((one) => one !== loop);

type Measured = { readonly run: RunCase; readonly rounds: number };

function warmed(run: RunCase): Measured {
  const rounds = roundsFor(run, gas);
  run(rounds);
  return { run, rounds };
}

/** The least ratio of some tries; no more of them than it takes to come below `enough`. */
function leastRatio(one: Measured, plain: Measured, enough: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries && least >= enough; i++) {
    const before = nsPerGas(plain.run, plain.rounds);
    const ns = nsPerGas(one.run, one.rounds);
    const after = nsPerGas(plain.run, plain.rounds);
    // Of the loops beside it the slower one: what slows one of three down is no fault of what is measured.
    least = Math.min(least, ns / Math.max(0.5, before, after));
  }
  return least;
}

test("of all that is measured, nothing takes 24 times as long for its gas as a loop", (t) => {
  if (loop === undefined) return t.fail("no loop to compare with");
  const plain = warmed(runnerOf(loop));
  for (const one of others) {
    const least = leastRatio(warmed(runnerOf(one)), plain, timesMost);
    t.true(least < timesMost, `${one.entry}: ${one.name} takes ${least.toFixed(1)} times as long as a loop`);
  }
});

test("what is paid a hundredth of its price is found", (t) => {
  if (loop === undefined) return t.fail("no loop to compare with");
  const plain = warmed(runnerOf(loop));
  const dear = gasCases.find(({ name }) => name === "utf8 of €");
  if (dear === undefined) return t.fail("no long text");
  const { run, rounds } = warmed(runnerOf(dear));
  const cheap: RunCase = (times) => {
    const { gas: paid, ns } = run(times);
    return { gas: paid / 100, ns };
  };
  t.true(leastRatio({ run: cheap, rounds }, plain, timesMost) >= timesMost);
});
