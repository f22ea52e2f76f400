import test from "ava";
import fc from "fast-check";
import type { Outcome } from "../../../hopper/demo/outcome.ts";
import { rationalOf } from "../../../hopper/demo/printed-ledger.ts";
import { formatRational, rational } from "../../../hopper/demo/rational.ts";
import type { Rat } from "../../../hopper/run/value.ts";
import { hold } from "./hold.ts";
import { type Demo, restoreFront, startFront } from "./start-front.ts";

const encoder = new TextEncoder();

function run(ledger: Demo, command: string): Outcome {
  return ledger.run(command);
}

// "d" and "nobody" are never created by `opening`; the ideographs sort otherwise by code point than by UTF-16 unit.
const name = fc.constantFrom("a", "b", "c", "d", "\uff21", "\u{1f600}", "nobody");
const amount = fc
  .tuple(fc.integer({ min: -40, max: 60 }), fc.constantFrom(1, 1, 2, 3, 7, 100, 9_999_991))
  .map(([n, d]) => `${n}%${d}`);
const transfer = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 5 }), amount)
  .map(([route, sum]) => `transfer(${route.join("->")}, ${sum})`);
const command = fc.oneof(
  { weight: 1, arbitrary: name.map((account) => `CreateAccount ${account}`) },
  { weight: 2, arbitrary: fc.tuple(name, amount).map(([account, sum]) => `AdjustAccount ${account} ${sum}`) },
  { weight: 1, arbitrary: name.map((account) => `ObserveAccount ${account}`) },
  { weight: 1, arbitrary: fc.constantFrom("ObserveAccounts", "AdjustAccount a 1%0", "transfer(a->b", "\u0000") },
  { weight: 6, arbitrary: transfer },
);
const commands = fc.array(command, { maxLength: 40 });

/** With `extra` accounts more, so that large ledgers, which print otherwise, are met too. */
function opened(extra: number): Demo {
  const ledger = startFront();
  for (const account of ["a", "b", "c", "\uff21", "\u{1f600}"]) {
    run(ledger, `CreateAccount ${account}`);
    run(ledger, `AdjustAccount ${account} 100%1`);
  }
  for (let i = 0; i < extra; i++) run(ledger, `CreateAccount e${i}`);
  return ledger;
}
const extra = fc.constantFrom(0, 0, 25, 40);

/** Balances as plain pairs that are never reduced, by rules written down a second time. */
type Model = Map<string, { n: bigint; d: bigint }>;

function modelOf(ledger: Demo): Model {
  const tables = [...ledger.contracts.machine.tables.values()];
  const rows = tables.find(({ shape }) => shape.name === "balances")?.unsortedRows() ?? [];
  return new Map(Array.from(rows, ({ key, value }) => [key as string, rationalOf(value as Rat)]));
}

/** What must become of a command; null where it must fail. */
function predict(model: Model, text: string): Model | null {
  const after: Model = new Map(Array.from(model, ([key, { n, d }]) => [key, { n, d }]));
  const move = (key: string, n: bigint, d: bigint): boolean => {
    const balance = after.get(key);
    if (balance === undefined || d === 0n) return false;
    after.set(key, { n: balance.n * d + n * balance.d, d: balance.d * d });
    return balance.n * d + n * balance.d >= 0n;
  };
  const observe = /^ObserveAccounts?( |$)/.test(text);
  if (observe) return after;
  const create = /^CreateAccount (.+)$/.exec(text)?.[1];
  if (create !== undefined) return after.has(create) ? null : after.set(create, { n: 0n, d: 1n });
  const [, adjusted, adjustN = "", adjustD = ""] = /^AdjustAccount (.+) (-?\d+)%(\d+)$/.exec(text) ?? [];
  if (adjusted !== undefined) return move(adjusted, BigInt(adjustN), BigInt(adjustD)) ? after : null;
  const [, path, n = "", d = ""] = /^transfer\((.+), (\d+)%(\d+)\)$/.exec(text) ?? [];
  const route = path?.split("->") ?? [];
  if (route.length < 2) return null;
  for (let i = 1; i < route.length; i++) {
    const [from = "", to = ""] = [route[i - 1], route[i]];
    if (!after.has(to) || !move(from, -BigInt(n), BigInt(d)) || !move(to, BigInt(n), BigInt(d))) return null;
  }
  return after;
}

function amountsOf(model: Model): Record<string, string> {
  return Object.fromEntries(Array.from(model, ([key, { n, d }]) => [key, formatRational(rational(n, d))]));
}

test("the ledger agrees with a naive model, command by command", (t) => {
  hold(
    t,
    fc.property(extra, commands, (count, texts) => {
      const ledger = opened(count);
      for (const text of texts) {
        const before = modelOf(ledger);
        const predicted = predict(before, text);
        t.is(run(ledger, text).ok, predicted !== null, text);
        t.deepEqual(amountsOf(modelOf(ledger)), amountsOf(predicted ?? before), text);
      }
    }),
    300,
  );
});

test("transfers conserve the total, and no balance is ever negative", (t) => {
  const total = (ledger: Demo): string => {
    let sum = { n: 0n, d: 1n };
    for (const balance of modelOf(ledger).values()) {
      t.true(balance.n >= 0n);
      sum = { n: sum.n * balance.d + balance.n * sum.d, d: sum.d * balance.d };
    }
    return formatRational(rational(sum.n, sum.d));
  };
  hold(
    t,
    fc.property(extra, fc.array(transfer, { maxLength: 40 }), (count, texts) => {
      const ledger = opened(count);
      for (const text of texts) {
        run(ledger, text);
        t.is(total(ledger), "500%1");
      }
    }),
    300,
  );
});

test("a failed command changes nothing, and neither does one that only looks", (t) => {
  hold(
    t,
    fc.property(extra, commands, (count, texts) => {
      const ledger = opened(count);
      for (const text of texts) {
        const before = ledger.stateHash();
        const { ok, diff } = run(ledger, text);
        if (ok && !text.startsWith("Observe")) continue;
        t.deepEqual(diff, []);
        t.deepEqual(ledger.stateHash(), before);
      }
    }),
    200,
  );
});

test("the diffs, replayed, give the state; each is in order and names no account twice or in vain", (t) => {
  hold(
    t,
    fc.property(extra, commands, (count, texts) => {
      const ledger = opened(count);
      const replayed = new Map(Object.entries(amountsOf(modelOf(ledger))));
      for (const text of texts) {
        let previous = new Uint8Array(0);
        for (const { key, before, after } of run(ledger, text).diff) {
          t.is(replayed.get(key) ?? null, before);
          t.not(before, after);
          if (after === null) throw new Error("an account was removed");
          replayed.set(key, after);
          const bytes = encoder.encode(key);
          t.true(Buffer.compare(previous, bytes) < 0);
          previous = bytes;
        }
      }
      t.deepEqual(Object.fromEntries(replayed), amountsOf(modelOf(ledger)));
    }),
    300,
  );
});

test("a restored ledger has the same hash, and the same outcomes from there on", (t) => {
  hold(
    t,
    fc.property(extra, commands, commands, (count, first, then) => {
      const ledger = opened(count);
      for (const text of first) run(ledger, text);
      const restored = restoreFront(ledger);
      t.is(restored.stateHash(), ledger.stateHash());
      for (const text of then) t.deepEqual(run(restored, text), run(ledger, text));
      t.is(restored.stateHash(), ledger.stateHash());
    }),
    200,
  );
});

test("equal balances are equal states, whatever led to them", (t) => {
  hold(
    t,
    fc.property(
      fc.uniqueArray(
        fc.string({ unit: fc.constantFrom("a", "B", "0", "é", "\uff21", "\u{1f600}"), minLength: 1, maxLength: 4 }),
        { maxLength: 40 },
      ),
      fc.nat(),
      (names, seed) => {
        const other = names.map((_, i) => names[(i + seed) % names.length] ?? "").reverse();
        const [one, two] = [startFront(), startFront()];
        for (const key of names) run(one, `CreateAccount ${key}`);
        for (const key of other) {
          run(two, `CreateAccount ${key}`);
          run(two, `AdjustAccount ${key} 1%3`);
          run(two, `AdjustAccount ${key} -1%3`);
        }
        t.is(one.stateHash(), two.stateHash());
      },
    ),
  );
});

test("any bytes are a result", (t) => {
  const ledger = opened(0);
  const before = ledger.stateHash();
  hold(
    t,
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const { ok, text } = ledger.apply(bytes);
      t.false(ok);
      t.regex(text, /^[ -~]+$/);
    }),
    2000,
  );
  t.deepEqual(ledger.stateHash(), before);
});
