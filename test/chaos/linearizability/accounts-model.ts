/**
 * The demo's accounts as a specification of their own: whole amounts only, and nothing shared with the ledger's code, so
 * that one mistake cannot be in both.
 */
import type { Model } from "./operation.ts";

export type AccountsInput =
  | { readonly kind: "create"; readonly account: string }
  | { readonly kind: "adjust"; readonly account: string; readonly amount: number }
  | { readonly kind: "observe"; readonly account: string }
  | { readonly kind: "transfer"; readonly route: readonly string[]; readonly amount: number };

/** What the ledger told: success or not, each changed account's balance afterwards, and what was observed. */
export type AccountsOutput = {
  readonly ok: boolean;
  readonly changed: Readonly<Record<string, number>>;
  /** Null for an account that is not there; undefined for all but `observe`. */
  readonly observed?: number | null;
};

/** Balances by account. */
export type Balances = ReadonlyMap<string, number>;

/** Accounts of one part only; transfers tie accounts together, so components of them are parts. */
export const accountsModel: Model<Balances, AccountsInput, AccountsOutput> = {
  initial: new Map(),
  step: (state, input, output) => {
    const expected = answer(state, input);
    if (output !== undefined && !sameOutput(expected, output)) return undefined;
    const changed = Object.entries(expected.changed);
    return changed.length === 0 ? state : new Map([...state, ...changed]);
  },
  keyOf: (state) =>
    [...state]
      .map(([name, balance]) => `${name}=${balance}`)
      .sort()
      .join(),
  touches: (input) => (input.kind === "transfer" ? input.route : [input.account]),
};

/** What the accounts answer in a state. */
export function answer(state: Balances, input: AccountsInput): AccountsOutput {
  const refused: AccountsOutput = { ok: false, changed: {} };
  switch (input.kind) {
    case "create":
      return state.has(input.account) ? refused : { ok: true, changed: { [input.account]: 0 } };
    case "observe":
      return { ok: true, changed: {}, observed: state.get(input.account) ?? null };
    case "adjust": {
      const held = state.get(input.account);
      if (held === undefined || held + input.amount < 0) return refused;
      return { ok: true, changed: input.amount === 0 ? {} : { [input.account]: held + input.amount } };
    }
    case "transfer": {
      const after = new Map(state);
      for (const [hop, from] of input.route.slice(0, -1).entries()) {
        const to = input.route[hop + 1] ?? "";
        const [held, received] = [after.get(from), after.get(to)];
        if (held === undefined || received === undefined || held < input.amount) return refused;
        after.set(from, held - input.amount);
        // From an account to itself is a move, too; what was taken has to be there again.
        after.set(to, (after.get(to) ?? 0) + input.amount);
      }
      return { ok: true, changed: Object.fromEntries([...after].filter(([name, held]) => state.get(name) !== held)) };
    }
  }
}

function sameOutput(a: AccountsOutput, b: AccountsOutput): boolean {
  const names = Object.keys(a.changed);
  return (
    a.ok === b.ok &&
    a.observed === b.observed &&
    names.length === Object.keys(b.changed).length &&
    names.every((name) => a.changed[name] === b.changed[name])
  );
}

/** The command's text for the demo's ledger. */
export function textOf(input: AccountsInput): string {
  switch (input.kind) {
    case "create":
      return `CreateAccount ${input.account}`;
    case "observe":
      return `ObserveAccount ${input.account}`;
    case "adjust":
      return `AdjustAccount ${input.account} ${input.amount}%1`;
    case "transfer":
      return `transfer(${input.route.join("->")}, ${input.amount}%1)`;
  }
}
