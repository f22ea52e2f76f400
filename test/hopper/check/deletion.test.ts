/** Delete any one line that keeps an asset from being lost, and the program must not check. */
import test from "ava";
import { check, coinSource, escrowSource } from "./modules.ts";

/**
 * Calls that hand an asset on, rows put, and what is bound out of a table; but not `deposit(to, Coin(u, n))`, without which
 * nothing is lost, since nothing is made.
 */
const keeps = /^\s+(put|deposit\((?!to, Coin)|let .*(take|withdraw|split)|withdraw\(|out$)/;

for (const [name, source] of [
  ["std/coin", coinSource],
  ["demo/escrow", escrowSource],
] as const) {
  const lines = source.split("\n");
  const found = lines.flatMap((line, at) => (keeps.test(line) ? [at] : []));
  test(`${name} has such lines`, (t) => {
    t.true(found.length >= 5, String(found.length));
  });
  for (const at of found) {
    test(`${name} without line ${at + 1}, ${lines[at]?.trim()}`, (t) => {
      t.true(check(source).ok);
      const without = lines.filter((_, i) => i !== at).join("\n");
      t.false(check(without).ok);
    });
  }
}
