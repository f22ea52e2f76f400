/** The demo as a node has it, without the rest of a chain. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Contracts, createContracts, exportContracts, importContracts } from "../../../hopper/chain/contracts.ts";
import { startDemo } from "../../../hopper/chain/start-demo.ts";
import { createFront, demoPath, type Front } from "../../../hopper/demo/front.ts";
import type { Outcome } from "../../../hopper/demo/outcome.ts";
import type { Evaluator } from "../../../hopper/run/machine.ts";
import { sha256 } from "../../../pools/sha256.ts";

export const demoSource: string = readFileSync(join(import.meta.dirname, "../../../hopper/demo/juno.hop"), "utf8");

const signatures = { chain: new Uint8Array(32), verify: () => false };

export type Demo = {
  readonly contracts: Contracts;
  readonly apply: (payload: Uint8Array) => Outcome;
  readonly run: (command: string) => Outcome;
  /** In hex; other states have other hashes. */
  readonly stateHash: () => string;
};

export function startFront(evaluator: Evaluator = "compiled"): Demo {
  const contracts = createContracts({ sha256, signatures, evaluator });
  return demoWith(contracts, startDemo(contracts, demoSource));
}

/** One that goes on from the exported state of another. */
export function restoreFront({ contracts }: Demo): Demo {
  const restored = importContracts(exportContracts(contracts), { sha256, signatures });
  if (!restored.ok) throw new Error(restored.reason);
  const { machine } = restored.contracts;
  const published = machine.modules.get(machine.names.get(demoPath)?.current ?? "");
  if (published === undefined) throw new Error("the module is not in the state");
  return demoWith(restored.contracts, createFront(machine, published));
}

function demoWith(contracts: Contracts, apply: Front): Demo {
  return {
    contracts,
    apply,
    run: (command) => apply(Buffer.from(command)),
    stateHash: () => Buffer.from(sha256(exportContracts(contracts))).toString("hex"),
  };
}
