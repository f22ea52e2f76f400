/** Clients that work on the accounts all the while, and write down what they asked, what they were told, and when. */
import type { JunoClient } from "../../client/client.ts";
import { StillPending } from "../../client/job.ts";
import { decodeOutcome } from "../../hopper/demo/outcome-bytes.ts";
import type { Random } from "../sim/random.ts";
import { type AccountsInput, type AccountsOutput, textOf } from "./linearizability/accounts-model.ts";
import type { Witnessed } from "./linearizability/check-witness.ts";

export type Recorded = Witnessed<AccountsInput, AccountsOutput> & {
  readonly client: number;
  /** Undefined where it was given up before it got a number. */
  readonly request: number | undefined;
  /** In hex, as f+1 validators sent it; undefined where nobody knows. */
  readonly outcome: string | undefined;
};

export type LoadOptions = {
  readonly clients: readonly JunoClient[];
  /** Commands that each client has under way at most. */
  readonly processes: number;
  readonly random: Random;
  /** Groups of accounts; nothing moves between groups. */
  readonly groups: number;
  /** How long a command is waited for before it is given up; its outcome is then unknown. */
  readonly patienceMs: number;
  /** The longest rest between two commands of a process. */
  readonly restMs: number;
  /** Told of each command that was asked, when it was answered or given up. */
  readonly onRecorded?: (recorded: Recorded) => void;
};

export type Load = {
  readonly acknowledged: () => number;
  /** Resolves when nothing is under way; then nothing is sent until `resume`. */
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  /** Ends the load when what is under way has been answered or given up; everything that was asked. */
  readonly end: () => Promise<readonly Recorded[]>;
  readonly history: () => readonly Recorded[];
};

const accountsOfGroup = 3;

export function startLoad(options: LoadOptions): Load {
  const { clients, processes, random, groups, patienceMs, restMs, onRecorded } = options;
  const history: Recorded[] = [];
  let acknowledged = 0;
  let ended = false;
  let gate: PromiseWithResolvers<void> | undefined;
  let underWay = 0;
  let idle: (() => void) | undefined;
  const openings = openingsOf(groups);

  async function run(client: JunoClient, number: number): Promise<void> {
    while (!ended) {
      await gate?.promise;
      if (ended) return;
      underWay++;
      const recorded = await ask(client, number, openings.shift() ?? nextInput(random, groups), patienceMs);
      underWay--;
      history.push(recorded);
      onRecorded?.(recorded);
      if (recorded.output !== undefined) acknowledged++;
      if (underWay === 0) idle?.();
      await new Promise((resolve) => setTimeout(resolve, random.next() * restMs));
    }
  }

  const runs = clients.flatMap((client, number) => Array.from({ length: processes }, () => run(client, number)));
  const resume = (): void => {
    gate?.resolve();
    gate = undefined;
  };
  return {
    acknowledged: () => acknowledged,
    pause: async () => {
      gate ??= Promise.withResolvers();
      if (underWay > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
    resume,
    end: async () => {
      ended = true;
      resume();
      await Promise.all(runs);
      return history;
    },
    history: () => history,
  };
}

/** Sends one command; gives it up after `patienceMs`. */
export async function ask(
  client: JunoClient,
  number: number,
  input: AccountsInput,
  patienceMs: number,
): Promise<Recorded> {
  const calledAt = performance.now();
  try {
    const receipt = await client.send(textOf(input), { signal: AbortSignal.timeout(patienceMs) });
    const returnedAt = performance.now();
    const { request, index, outcome } = receipt;
    return {
      client: number,
      request,
      index,
      input,
      output: outputOf(input, outcome),
      outcome: Buffer.from(outcome).toString("hex"),
      calledAt,
      returnedAt,
    };
  } catch (error) {
    if (!(error instanceof StillPending)) throw error;
    const [request] = error.requests;
    const nothing = { index: undefined, output: undefined, outcome: undefined };
    return { client: number, request, input, ...nothing, calledAt, returnedAt: Number.POSITIVE_INFINITY };
  }
}

/** The ledger's bytes in the words of the model; throws on an answer that the ledger never gives. */
export function outputOf(input: AccountsInput, bytes: Uint8Array): AccountsOutput {
  const decoded = decodeOutcome(bytes);
  if (!decoded.ok) throw new Error(`an outcome that is none: ${decoded.reason}`);
  const { ok, text, diff } = decoded.outcome;
  const changed = Object.fromEntries(diff.map(({ key, after }) => [key, wholeOf(after ?? "")]));
  if (input.kind !== "observe") return { ok, changed };
  const seen = /^Just \((.*)\)$/.exec(text)?.[1];
  if (seen === undefined && text !== "Nothing") throw new Error(`observed ${text}`);
  return { ok, changed, observed: seen === undefined ? null : wholeOf(seen) };
}

function wholeOf(amount: string): number {
  const [, digits] = /^(-?\d+) ?% ?1$/.exec(amount) ?? [];
  if (digits === undefined) throw new Error(`an amount that is not whole: ${amount}`);
  return Number(digits);
}

/** Two accounts of each group are there from the start, and hold something: or most commands would change nothing for long. */
function openingsOf(groups: number): AccountsInput[] {
  const accounts = Array.from({ length: groups }, (_, group) => [`g${group}a`, `g${group}b`]).flat();
  return [
    ...accounts.map((account): AccountsInput => ({ kind: "create", account })),
    ...accounts.map((account): AccountsInput => ({ kind: "adjust", account, amount: 100 })),
  ];
}

/** Accounts `g0a` to `g0c`, `g1a`..; mostly transfers inside a group. */
function nextInput(random: Random, groups: number): AccountsInput {
  const group = random.between(0, groups - 1);
  const account = (): string => `g${group}${"abc".charAt(random.between(0, accountsOfGroup - 1))}`;
  switch (random.between(0, 9)) {
    case 0:
      return { kind: "create", account: account() };
    case 1:
    case 2:
      return { kind: "adjust", account: account(), amount: random.between(-20, 100) };
    case 3:
    case 4:
      return { kind: "observe", account: account() };
    case 5:
      return { kind: "transfer", route: [account(), account(), account()], amount: random.between(0, 20) };
    default:
      return { kind: "transfer", route: [account(), account()], amount: random.between(0, 40) };
  }
}
