/**
 * Evidence of a quorum is there just when so many different ones of the listed principals have signed: whatever is listed, however
 * keys were changed and roles given, and for both evaluators alike.
 */
import { isDeepStrictEqual } from "node:util";
import test from "ava";
import fc from "fast-check";
import { checkModule } from "../../../hopper/check/module.ts";
import { limits } from "../../../hopper/ir/cost-table.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { textOfBytes } from "../../../hopper/run/canonical.ts";
import { createMachine, type Evaluator, execute, type Machine, type Outcome } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { setPolicy } from "../../../hopper/run/set-policy.ts";
import { type Data, type Int, just, type List, nothing, principal, type Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";

const source = `module a
command made (count : Nat, of : List(Principal)) =
  match quorum(count, of) { Just(by) => Just(by.who), Nothing => Nothing }
command handed (count : Nat, of : List(Principal)) =
  let by = quorum(count, of) else NotSigned
  theirs(by)
proc theirs (by : Auth) -> Principal = by.who
command named (count : Nat, of : List(Principal)) signed by atLeast(count, of) = auth.who
command asked (count : Nat, of : List(Principal)) = signer(atLeast(count, of))
`;

const keys = ["ann", "bob", "carol", "dave", "eve"].map((name) => textOfBytes(sha256(Buffer.from(name))));
const evaluators: readonly Evaluator[] = ["compiled", "reference"];

const counts: fc.Arbitrary<Int> = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom(0, 1, 1, 1, 2, 2, 3) },
  fc.constantFrom<Int>(5, 2 ** 53 - 1, 2n ** 64n),
);
const { who: anyone } = fc.letrec<{ who: Data; key: Data; group: Data; role: Data; module: Data }>((tie) => ({
  who: fc.oneof(
    { maxDepth: 3, depthIdentifier: "who" },
    { weight: 6, arbitrary: tie("key") },
    { weight: 3, arbitrary: tie("group") },
    { weight: 2, arbitrary: tie("role") },
    tie("module"),
  ),
  key: fc.constantFrom(...keys).map((bytes): Data => [principal.key, { bytes }]),
  group: fc
    .tuple(counts, fc.array(tie("who"), { maxLength: 4, depthIdentifier: "who" }))
    .map(([count, items]): Data => [principal.atLeast, count, { items }]),
  role: fc.tuple(tie("key"), fc.constantFrom("clerk", "cook")).map(([org, name]): Data => [principal.role, org, name]),
  module: fc.constant<Data>([principal.module, { bytes: "\x07".repeat(32) }]),
}));

type Policies = Map<string, Data>;
const nameOf = (who: Data): string =>
  JSON.stringify(who, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part));

/** What the reference says in words: written again, without the machine's order, prices and bounds. */
function hasSigned(who: Data, signers: ReadonlySet<string>, policies: Policies): boolean {
  const policy = policies.get(nameOf(who));
  if (policy !== undefined) return hasSigned(policy, signers, policies);
  const [tag, first, second] = who;
  if (tag === principal.key) return signers.has((first as { bytes: string }).bytes);
  if (tag !== principal.atLeast) return false;
  const different = new Map((second as List).items.map((one) => [nameOf(one as Data), one as Data]));
  const signed = [...different.values()].filter((one) => hasSigned(one, signers, policies)).length;
  return BigInt(first as Int) > 0n && BigInt(signed) >= BigInt(first as Int);
}

function start(evaluator: Evaluator): Machine {
  const checked = checkModule(source, "a", () => undefined);
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  const machine = createMachine({ sha256, evaluator });
  install(machine, lowerModule(checked.module), []);
  return machine;
}

/** In both evaluators, which have to agree on all, and on the gas. */
function inBoth(machines: readonly Machine[], run: (machine: Machine) => Outcome): Outcome {
  const [one, other] = machines.map(run);
  if (one === undefined || other === undefined) throw new Error("assert: two evaluators");
  const seen = ({ value, failure, gasUsed }: Outcome) => [value, failure?.name, gasUsed];
  if (!isDeepStrictEqual(seen(one), seen(other))) throw new Error("the evaluators differ");
  return one;
}

const situations = fc.record({
  count: counts,
  of: fc.array(anyone, { maxLength: 5, depthIdentifier: "who" }),
  /** Some of the list once more, so that it has duplicates. */
  again: fc.array(fc.nat(4), { maxLength: 3 }),
  signers: fc.subarray(keys, { minLength: 1 }),
  policies: fc.array(fc.tuple(anyone, anyone), { maxLength: 4 }),
});

test("evidence is there just when so many different ones have signed, and is for them all together", (t) => {
  const seen = { evidence: 0, none: 0, zero: 0, tooMany: 0, twice: 0, changed: 0, nested: 0 };
  const property = fc.property(situations, ({ count, of, again, signers: some, policies: wanted }) => {
    const machines = evaluators.map(start);
    const policies: Policies = new Map();
    for (const [who, policy] of wanted) {
      const circumstances = { signers: new Set(keys), now: 0, gasLimit: limits.gas };
      if (inBoth(machines, (machine) => setPolicy(machine, who, policy, circumstances)).failure !== undefined) continue;
      if (nameOf(who) === nameOf(policy)) policies.delete(nameOf(who));
      else policies.set(nameOf(who), policy);
    }
    const items = [...of, ...again.flatMap((i): Data[] => of.slice(i, i + 1))];
    const signers = new Set(some);
    const group: Data = [principal.atLeast, count, { items }];
    const wantedToSign = hasSigned(group, signers, policies);
    const call = (command: string): Value | string => {
      const circumstances = { signers, now: 0, gasLimit: limits.gas };
      const { value, failure } = inBoth(machines, (machine) =>
        execute(machine, "a", command, [count, { items }], circumstances),
      );
      return failure?.name ?? value ?? "";
    };
    t.deepEqual(call("made"), wantedToSign ? just(group) : nothing);
    for (const command of ["handed", "named"]) t.deepEqual(call(command), wantedToSign ? group : "NotSigned");
    t.is(call("asked"), wantedToSign);
    seen[wantedToSign ? "evidence" : "none"]++;
    if (count === 0) seen.zero++;
    if (count > items.length) seen.tooMany++;
    if (items.length > of.length) seen.twice++;
    if (policies.size > 0) seen.changed++;
    if (wantedToSign && items.some((one) => one[0] === principal.atLeast)) seen.nested++;
  });
  fc.assert(property, { numRuns: 1500, includeErrorInReport: true });
  t.log(JSON.stringify(seen));
  for (const [what, times] of Object.entries(seen)) t.true(times >= 50, `${what}: ${times}`);
});
