/** Histories made up from a seed: what clients would have seen of accounts that are one atomic object. */
import type { Random } from "../../sim/random.ts";
import { type AccountsInput, type AccountsOutput, accountsModel, answer } from "./accounts-model.ts";
import type { Witnessed } from "./check-witness.ts";

export type SampleOptions = {
  readonly clients: number;
  readonly operations: number;
  readonly accounts: number;
  /** Of the operations, how many nobody saw return; half of them take effect. */
  readonly lost: number;
};

/** Linearizable by construction: each operation takes effect at a moment between its call and its return. */
export function sampleHistory(
  random: Random,
  { clients, operations, accounts, lost }: SampleOptions,
): Witnessed<AccountsInput, AccountsOutput>[] {
  const freeAt = Array.from({ length: clients }, () => random.between(0, 5));
  const planned = Array.from({ length: operations }, () => {
    const client = random.between(0, clients - 1);
    const calledAt = freeAt[client] ?? 0;
    const effectAt = calledAt + random.next() * 8;
    const returnedAt = effectAt + random.next() * 8;
    freeAt[client] = returnedAt + random.next() * 3;
    const isLost = random.chance(lost);
    return { input: sampleInput(random, accounts), calledAt, effectAt, returnedAt, isLost };
  });
  let state = accountsModel.initial;
  let index = 0;
  return planned
    .sort((a, b) => a.effectAt - b.effectAt)
    .map(({ input, calledAt, returnedAt, isLost }) => {
      if (isLost && random.chance(0.5))
        return { input, calledAt, output: undefined, returnedAt: Number.POSITIVE_INFINITY, index: undefined };
      const output = answer(state, input);
      state = accountsModel.step(state, input, output) ?? state;
      index++;
      return isLost
        ? { input, calledAt, output: undefined, returnedAt: Number.POSITIVE_INFINITY, index: undefined }
        : { input, calledAt, output, returnedAt, index };
    });
}

export function sampleInput(random: Random, accounts: number): AccountsInput {
  const account = (): string => `a${random.between(0, accounts - 1)}`;
  switch (random.between(0, 5)) {
    case 0:
      return { kind: "create", account: account() };
    case 1:
    case 2:
      return { kind: "adjust", account: account(), amount: random.between(-2, 9) };
    case 3:
    case 4:
      return { kind: "transfer", route: [account(), account()], amount: random.between(0, 5) };
    default:
      return { kind: "observe", account: account() };
  }
}
