/** Every mutant. */
import type { Mutant } from "../mutant.ts";
import { appendMutants } from "./appends.ts";
import { certificateMutants } from "./certificates.ts";
import { clientMutants } from "./clients.ts";
import { commitMutants } from "./commits.ts";
import { electionMutants } from "./elections.ts";

export const allMutants: readonly Mutant[] = [
  ...certificateMutants,
  ...electionMutants,
  ...appendMutants,
  ...commitMutants,
  ...clientMutants,
];
