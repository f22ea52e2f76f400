/** Contracts three times over: compiled, by the reference evaluator, and restored from exported bytes after each command. */
import type { ExecutionContext } from "ava";
import type { ContractCommand } from "../../../hopper/chain/contract-command.ts";
import { encodeContractCommand } from "../../../hopper/chain/contract-command.ts";
import {
  applyContractCommand,
  type Contracts,
  createContracts,
  exportContracts,
  importContracts,
} from "../../../hopper/chain/contracts.ts";
import type { Outcome } from "../../../hopper/demo/outcome.ts";
import { encode, textOfBytes } from "../../../hopper/run/canonical.ts";
import { moduleNamed } from "../../../hopper/run/machine.ts";
import type { Value } from "../../../hopper/run/value.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { given, signatures } from "../chain/signed-chain.ts";

/** Who signs all commands, and who may upgrade: `key("…")` of Hopper. */
export const owner: string = textOfBytes(sha256(new TextEncoder().encode("owner")));
export const ownerKey: string = `key("${Buffer.from(owner, "latin1").toString("hex")}")`;

export type Nodes = {
  readonly compiled: Contracts;
  readonly publish: (source: string) => Outcome;
  /** Arguments as values; a command that fails must leave all as it was. */
  readonly call: (module: string, command: string, ...args: readonly Value[]) => Outcome;
};

export function startNodes(t: ExecutionContext): Nodes {
  const compiled = createContracts({ sha256, evaluator: "compiled", signatures });
  const reference = createContracts({ sha256, evaluator: "reference", signatures });
  let restored = createContracts({ sha256, signatures });
  let steps = 0;
  const step = (command: ContractCommand): Outcome => {
    const bytes = encodeContractCommand(command);
    const before = exportContracts(compiled);
    const [first, ...others] = [compiled, reference, restored].map((contracts) =>
      applyContractCommand(contracts, bytes, given([owner])),
    );
    if (first === undefined) throw new Error("assert: there are three nodes");
    for (const other of others) t.deepEqual(other, first);
    const after = exportContracts(compiled);
    if (!first.ok) t.deepEqual(after, before, "what fails changes nothing");
    t.deepEqual(exportContracts(reference), after);
    t.deepEqual(exportContracts(restored), after);
    const evaluator = steps++ % 2 === 0 ? "reference" : "compiled";
    const read = importContracts(after, { sha256, signatures, evaluator });
    if (!read.ok) throw new Error(read.reason);
    restored = read.contracts;
    return first;
  };
  return {
    compiled,
    publish: (source) => step({ kind: "publish", path: /^module (\S+)/.exec(source)?.[1] ?? "", source }),
    call: (module, command, ...args) => {
      const linked = moduleNamed(compiled.machine, module);
      const params = linked?.ir.commands.find(({ name }) => name === command)?.params ?? [];
      const bytes = params.map(({ shape }, i) => encode(args[i] ?? 0, shape, linked?.ir.shapes ?? []));
      return step({ kind: "call", module, command, args: bytes, gasLimit: 1_000_000, expect: [] });
    },
  };
}
