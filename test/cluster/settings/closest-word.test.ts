import test from "ava";
import { didYouMean } from "../../../cluster/settings/closest-word.ts";

const keys = ["tickMs", "heartbeatMs", "electionTimeoutMs", "key", "ca"];

const meant: readonly (readonly [string, string, string])[] = [
  ["a letter too many", "heartbeatsMs", "heartbeatMs"],
  ["a letter left out", "heartbeatM", "heartbeatMs"],
  ["a letter changed", "tickNs", "tickMs"],
  ["another case", "HEARTBEATMS", "heartbeatMs"],
  ["a third of a long word", "electionTimeout", "electionTimeoutMs"],
  ["two letters of a short word", "kay", "key"],
];

for (const [what, word, closest] of meant) {
  test(`${what}: the closest is offered`, (t) => t.is(didYouMean(word, keys), `did you mean "${closest}"?`));
}

test("where none is close, all are named", (t) => {
  t.is(didYouMean("colour", keys), "known are tickMs, heartbeatMs, electionTimeoutMs, key, ca");
  t.is(didYouMean("", ["tickMs"]), "known are tickMs");
});

test("two changes are close for a word of any length, three only for one of nine letters", (t) => {
  t.is(didYouMean("abcd", ["abxy"]), 'did you mean "abxy"?');
  t.is(didYouMean("abcde", ["abxyz"]), "known are abxyz");
  t.is(didYouMean("abcdefghi", ["abcdefxyz"]), 'did you mean "abcdefxyz"?');
});
