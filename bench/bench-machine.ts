/** The state machine of a node after the commands that a flood begins with. */
import { createNodeChain } from "../cluster/node-chain.ts";
import { benchCluster, benchPayload } from "./signed-commands.ts";

/** A step by one more transfer; gives the outcome's bytes, which hold until the next step. */
export function startBenchMachine(): () => Uint8Array {
  const chain = createNodeChain({ cluster: benchCluster, validators: [], clients: new Map() });
  let index = 0;
  for (const text of ["CreateAccount Acct1", "CreateAccount Acct2", "AdjustAccount Acct1 1000000000%1"]) {
    chain.apply(new TextEncoder().encode(text), 1, ++index);
  }
  return () => chain.apply(benchPayload, 1, ++index);
}
