/** The time that contracts see is agreed on by validators' clocks; liars among them move it nowhere that no honest clock is. */
import test from "ava";
import fc from "fast-check";
import { createChain } from "../../../hopper/chain/chain.ts";
import { type ContractCommand, encodeContractCommand } from "../../../hopper/chain/contract-command.ts";
import { decodeOutcome } from "../../../hopper/demo/outcome-bytes.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { clientIdOf } from "../../../wire/commanders.ts";
import { faultyMax } from "../../../wire/quorum.ts";
import type { NodeId } from "../../../wire/types.ts";
import { demoSource } from "../demo/start-front.ts";
import { signatures } from "./signed-chain.ts";

const source = "module watch\n\ncommand time () = now\n";

function chainOf(nodes: number) {
  const ids = Array.from({ length: nodes }, (_, node) => node);
  const validators = new Map(ids.map((node): [number, number] => [clientIdOf(node as NodeId), node]));
  const clients = new Map([1, ...validators.keys()].map((id) => [id, new Uint8Array(32).fill(id & 0xff)]));
  const chain = createChain({ sha256, demo: demoSource, clients, signatures, validators, faulty: faultyMax(nodes) });
  let index = 0;
  const step = (client: number, command: ContractCommand) => {
    const decoded = decodeOutcome(chain.apply(encodeContractCommand(command), client, ++index).slice());
    if (!decoded.ok) throw new Error(decoded.reason);
    return decoded.outcome;
  };
  return {
    chain,
    step,
    says: (node: number, time: number) => step(clientIdOf(node as NodeId), { kind: "clock", time }),
  };
}

const asked = { kind: "call", module: "watch", command: "time", args: [], gasLimit: 1000, expect: [] } as const;

test("now is the time that f+1 clocks have reached; a clock does not go back; only validators have clocks, and nothing else to say", (t) => {
  const { chain, step, says } = chainOf(4);
  t.is(chain.clockShown(0), undefined, "nobody asks");
  t.true(step(1, { kind: "publish", path: "watch", source }).ok);
  t.is(chain.clockShown(0), 0);
  const time = () => / for \d+ gas$/[Symbol.replace](step(1, asked).text, "");
  const start = time();
  t.deepEqual(says(0, 1_700_000_000_000).diff, [{ key: "clock[0]", before: null, after: "1700000000000" }]);
  t.is(chain.clockShown(0), 1_700_000_000_000);
  t.is(time(), start, "one clock alone may be a liar's");
  says(1, 1_600_000_000_000);
  const agreed = time();
  t.not(agreed, start);
  says(2, 1_500_000_000_000);
  t.is(time(), agreed);
  t.is(says(0, 1_650_000_000_000).text, "Error: this clock has shown as late a time before");
  t.deepEqual(says(1, 1_600_000_000_001).diff, [{ key: "clock[1]", before: "1600000000000", after: "1600000000001" }]);
  t.not(time(), agreed);
  t.is(step(1, { kind: "clock", time: 1 }).text, "Error: only validators have clocks here");
  t.regex(step(clientIdOf(0 as NodeId), asked).text, /^Error: a validator's command says what its clock shows/);
});

test("with at most f liars, now is never later than all honest clocks nor earlier than all of them, and never goes back", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.record({ lie: fc.nat(1_000_000), who: fc.nat(100), step: fc.nat(50) }), { maxLength: 60 }),
      (nodes, sayings) => {
        const { step, says } = chainOf(nodes);
        step(1, {
          kind: "publish",
          path: "watch",
          source: "module watch\n\ncommand time () = now == now\ncommand after (t : Time) = t <= now\n",
        });
        const faulty = faultyMax(nodes);
        const honest = new Map<number, number>();
        let clock = 1_000;
        const notBefore = (time: number): boolean => {
          const args = [String.fromCharCode(0x1a, ...[24, 16, 8, 0].map((bits) => (time >>> bits) & 255))];
          const canonical = time < 65_536 ? [String.fromCharCode(0x19, time >>> 8, time & 255)] : args;
          return step(1, { ...asked, command: "after", args: canonical }).text.startsWith("true");
        };
        let reached = 0;
        for (const { lie, who, step: by } of sayings) {
          clock += by;
          const node = who % nodes;
          if (node < faulty) says(node, lie + 256);
          else if (says(node, clock).ok) honest.set(node, clock);
          if (honest.size <= faulty) continue;
          const times = [...honest.values()].sort((a, b) => a - b);
          const latest = times.at(-1) ?? 0;
          t.false(notBefore(latest + 1), "ahead of every honest clock");
          if (honest.size === nodes - faulty) t.true(notBefore(times[0] ?? 0), "behind all honest clocks");
          t.true(reached === 0 || notBefore(reached), "it went back");
          if (notBefore(times[0] ?? 0)) reached = Math.max(reached, times[0] ?? 0);
        }
      },
    ),
    { numRuns: 60 },
  );
});
