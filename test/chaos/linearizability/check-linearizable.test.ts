/** The checker itself: against the definition on thousands of small histories, and on anomalies that have names. */
import test from "ava";
import { seeded } from "../seeded.ts";
import { type AccountsInput, type AccountsOutput, accountsModel } from "./accounts-model.ts";
import { isLinearizableByDefinition } from "./brute-force.ts";
import { checkLinearizable } from "./check-linearizable.ts";
import { flawOfOrder, replay, type Witnessed, withoutWitness } from "./check-witness.ts";
import type { History, Operation } from "./operation.ts";
import { partition } from "./partition.ts";
import { type RegisterInput, type RegisterOutput, registerModel } from "./register-model.ts";
import { sampleHistory } from "./sample-history.ts";

const budgetMs = 60_000;
const never = Number.POSITIVE_INFINITY;

type RegisterOperation = Operation<RegisterInput, RegisterOutput>;
type AccountsOperation = Operation<AccountsInput, AccountsOutput>;

function read(value: number, calledAt: number, returnedAt: number, register = "x"): RegisterOperation {
  return { input: { kind: "read", register }, output: { value }, calledAt, returnedAt };
}

function write(value: number, calledAt: number, returnedAt: number, register = "x"): RegisterOperation {
  const output = returnedAt === never ? undefined : { value: null };
  return { input: { kind: "write", register, value }, output, calledAt, returnedAt };
}

const registers: readonly [name: string, good: boolean, history: readonly RegisterOperation[]][] = [
  ["nothing", true, []],
  ["a read of the beginning", true, [read(0, 0, 1)]],
  ["a read of what was never written", false, [read(7, 0, 1)]],
  ["a write and a read behind it", true, [write(1, 0, 1), read(1, 2, 3)]],
  ["a stale read", false, [write(1, 0, 1), read(0, 2, 3)]],
  ["a stale read beside the write", true, [write(1, 0, 3), read(0, 1, 2)]],
  ["new, then old, while the write lasts", false, [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)]],
  ["old, then new, while the write lasts", true, [write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)]],
  ["a read from the future", false, [read(1, 0, 1), write(1, 2, 3)]],
  ["a lost write takes effect late", true, [write(1, 0, never), read(0, 1, 2), read(1, 5, 6)]],
  ["a lost write never takes effect", true, [write(1, 0, never), read(0, 5, 6)]],
  ["a lost write takes effect twice", false, [write(1, 0, never), read(1, 1, 2), write(2, 3, 4), read(1, 5, 6)]],
  ["a lost write before its call", false, [read(1, 0, 1), write(1, 2, never)]],
  ["two registers do not see each other", true, [write(1, 0, 1), read(0, 2, 3, "y")]],
  ["two readers disagree on the order", false, [write(1, 0, 9), write(2, 0, 9), ...disagreeing()]],
  ["a call at the moment of a return overlaps it", true, [write(1, 0, 1), read(0, 1, 2)]],
];

function disagreeing(): RegisterOperation[] {
  return [read(1, 1, 2), read(2, 3, 4), read(1, 5, 6)];
}

for (const [name, good, history] of registers) {
  test(`registers: ${name}`, (t) => {
    t.is(checkLinearizable(registerModel, history, budgetMs).result, good ? "linearizable" : "not linearizable");
    t.is(isLinearizableByDefinition({ ...registerModel, initial: 0 }, oneRegister(history)), good);
  });
}

/** The definition knows no parts: what is on another register is left out, which these rows allow. */
function oneRegister(history: History<RegisterInput, RegisterOutput>): History<RegisterInput, RegisterOutput> {
  return history.filter(({ input }) => input.register === "x");
}

const created = (account: string, at: number): AccountsOperation => ({
  input: { kind: "create", account },
  output: { ok: true, changed: { [account]: 0 } },
  calledAt: at,
  returnedAt: at + 1,
});
const adjusted = (account: string, amount: number, held: number, at: number): AccountsOperation => ({
  input: { kind: "adjust", account, amount },
  output: { ok: true, changed: { [account]: held } },
  calledAt: at,
  returnedAt: at + 1,
});
const observed = (account: string, held: number | null, at: number): AccountsOperation => ({
  input: { kind: "observe", account },
  output: { ok: true, changed: {}, observed: held },
  calledAt: at,
  returnedAt: at + 1,
});
const moved = (amount: number, a: number, b: number, at: number): AccountsOperation => ({
  input: { kind: "transfer", route: ["a", "b"], amount },
  output: { ok: true, changed: { a, b } },
  calledAt: at,
  returnedAt: at + 1,
});
const unseen = (one: AccountsOperation): AccountsOperation => ({ ...one, output: undefined, returnedAt: never });
const opened = [created("a", 0), created("b", 0), adjusted("a", 10, 10, 2)];

const accounts: readonly [name: string, good: boolean, history: readonly AccountsOperation[]][] = [
  ["a transfer", true, [...opened, moved(4, 6, 4, 4), observed("b", 4, 6)]],
  ["a lost update", false, [...opened, moved(4, 6, 4, 4), moved(4, 6, 4, 6)]],
  ["a double apply", false, [...opened, moved(4, 6, 4, 4), observed("b", 8, 6)]],
  ["a double apply of what nobody saw return", false, [...opened, unseen(moved(4, 0, 0, 4)), observed("b", 8, 6)]],
  ["an unseen transfer that took effect", true, [...opened, unseen(moved(4, 0, 0, 4)), observed("b", 4, 6)]],
  ["an unseen transfer that did not", true, [...opened, unseen(moved(4, 0, 0, 4)), observed("b", 0, 6)]],
  ["half a transfer", false, [...opened, unseen(moved(4, 0, 0, 4)), observed("a", 6, 6), observed("b", 0, 8)]],
  ["an acknowledged account is gone", false, [created("a", 0), observed("a", null, 2)]],
  ["two creations of one account", false, [created("a", 0), created("a", 0)]],
  ["an overdraft", false, [...opened, moved(40, -30, 40, 4)]],
];

for (const [name, good, history] of accounts) {
  test(`accounts: ${name}`, (t) => {
    t.is(checkLinearizable(accountsModel, history, budgetMs).result, good ? "linearizable" : "not linearizable");
    t.is(isLinearizableByDefinition(accountsModel, history), good);
  });
}

/** A history in which one answer, call or return is another than it was; mostly no longer linearizable. */
function spoil(
  seed: number,
  history: readonly Witnessed<AccountsInput, AccountsOutput>[],
): Witnessed<AccountsInput, AccountsOutput>[] {
  const random = seeded(seed);
  const spoilt = [...history];
  const at = random.between(0, history.length - 1);
  const other = random.between(0, history.length - 1);
  const [one, two] = [history[at], history[other]];
  if (one === undefined || two === undefined) return spoilt;
  if (one.output !== undefined && two.output !== undefined && random.chance(0.7))
    spoilt[at] = { ...one, output: two.output };
  else spoilt[at] = { ...one, calledAt: one.calledAt - 10, returnedAt: Math.max(one.calledAt, one.returnedAt - 10) };
  return spoilt;
}

test("2,000 small histories, good and spoilt: the verdict is that of the definition", (t) => {
  const verdicts = { good: 0, bad: 0 };
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed);
    const options = { clients: random.between(1, 4), operations: random.between(1, 7), accounts: 2, lost: 0.2 };
    const made = sampleHistory(random, options);
    const history = withoutWitness(seed % 2 === 0 ? made : spoil(seed, made));
    const good = isLinearizableByDefinition(accountsModel, history);
    t.is(checkLinearizable(accountsModel, history, budgetMs).result === "linearizable", good, `seed ${seed}`);
    if (seed % 2 === 0) t.true(good, `seed ${seed}`);
    verdicts[good ? "good" : "bad"]++;
  }
  // Or the comparison would say nothing about one of them.
  t.true(verdicts.bad > 100 && verdicts.good > 1_000, JSON.stringify(verdicts));
});

test("the definition agrees on parts apart and together", (t) => {
  const { touches: _, ...whole } = accountsModel;
  for (let seed = 0; seed < 400; seed++) {
    const made = sampleHistory(seeded(seed), { clients: 3, operations: 12, accounts: 5, lost: 0.1 });
    const history = withoutWitness(seed % 2 === 0 ? made : spoil(seed, made));
    const apart = checkLinearizable(accountsModel, history, budgetMs);
    t.is(apart.result, checkLinearizable(whole, history, budgetMs).result, `seed ${seed}`);
  }
});

test("parts: what a transfer names belongs together, also one that nobody saw return", (t) => {
  const apart = [created("a", 0), created("b", 1), created("c", 2)];
  const sizes = (history: readonly AccountsOperation[]): number[] =>
    partition(accountsModel, history).map((part) => part.length);
  t.deepEqual(sizes(apart), [1, 1, 1]);
  t.deepEqual(sizes([...apart, moved(1, 0, 0, 3)]), [3, 1]);
  t.deepEqual(sizes([...apart, unseen(moved(1, 0, 0, 3))]), [3, 1]);
  t.deepEqual(sizes([]), []);
});

const large = { clients: 10, operations: 5_000, accounts: 9, lost: 0.002 };

test("a long history of ten clients, some of its answers lost, is found good", (t) => {
  const history = withoutWitness(sampleHistory(seeded(1), large));
  t.true(history.some(({ output }) => output === undefined));
  t.is(checkLinearizable(accountsModel, history, budgetMs).result, "linearizable");
});

test("one stale answer at the end of a history is found", (t) => {
  for (let seed = 0; seed < 20; seed++) {
    const options = { clients: 4, operations: 300, accounts: 4, lost: 0 };
    const history = withoutWitness(sampleHistory(seeded(seed), options));
    const end = Math.max(...history.map(({ returnedAt }) => returnedAt));
    const bad = checkLinearizable(accountsModel, [...history, observed("a0", null, end + 1)], budgetMs);
    t.is(bad.result, "not linearizable");
    if (bad.result === "not linearizable") t.deepEqual(bad.stuck?.input, { kind: "observe", account: "a0" });
  }
});

test("no time is the verdict unknown, never good", (t) => {
  const history = withoutWitness(sampleHistory(seeded(2), large));
  t.is(checkLinearizable(accountsModel, history, -1).result, "unknown");
});

test("a history that cannot have been is thrown back", (t) => {
  t.throws(() => checkLinearizable(registerModel, [read(0, 2, 1)], budgetMs), { message: /called at 2 returned at 1/ });
  t.throws(() => checkLinearizable(registerModel, [{ ...read(0, 0, 1), returnedAt: never }], budgetMs));
});

test("witness: the order of the indices explains a good history, and each spoilt one is found", (t) => {
  const history = sampleHistory(seeded(3), large);
  t.is(flawOfOrder(history), undefined);
  const placed = history.filter((one) => one.index !== undefined);
  const [first, second] = placed;
  const last = placed.at(-1);
  if (first === undefined || second === undefined || last === undefined) throw new Error("an empty history");
  t.regex(flawOfOrder([...history, { ...last, index: first.index }]) ?? "", /two commands/);
  const swapped = history.map((one) =>
    one === first ? { ...first, index: last.index } : one === last ? { ...last, index: first.index } : one,
  );
  t.regex(flawOfOrder(swapped) ?? "", /returned at .* before index/);
});

test("witness: the answers have to follow from the order, whether or not all were told", (t) => {
  const effects = [
    { index: 1, input: { kind: "create", account: "a" }, output: { ok: true, changed: { a: 0 } } },
    { index: 2, input: { kind: "adjust", account: "a", amount: 5 }, output: undefined },
    { index: 4, input: { kind: "observe", account: "a" }, output: { ok: true, changed: {}, observed: 5 } },
  ] as const;
  const good = replay(accountsModel, effects);
  t.true(good.ok && good.state.get("a") === 5);
  const bad = replay(accountsModel, [effects[0], effects[2]]);
  t.true(!bad.ok && bad.reason.startsWith("index 4: "));
});
