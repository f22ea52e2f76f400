/** What tests of contracts give a chain: real signatures, and the log's words around a command. */
import type { Given, SignatureCheck } from "../../../hopper/chain/contracts.ts";
import { nobleEngine } from "../../../pools/noble.ts";

export const signatures: SignatureCheck = { chain: new Uint8Array(32).fill(7), verify: nobleEngine.verify };

export function given(signers: Iterable<string>, index = 1): Given {
  return { signers: new Set(signers), now: 0, index };
}
