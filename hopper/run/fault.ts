/** Why a command came to nothing: a closed list, with numbers that stay. */

export const faultNumbers = {
  Fail: 1,
  OutOfGas: 2,
  DepthExceeded: 3,
  TooLarge: 4,
  DivByZero: 5,
  NotSigned: 6,
  Missing: 7,
  Exists: 8,
  MovesViolated: 9,
  ExpectViolated: 10,
  Expired: 11,
  BadArgument: 12,
  Negative: 13,
} as const;

export type FaultKind = keyof typeof faultNumbers;

/** Ends a command; thrown by evaluators, and caught by the machine alone. `name` says which, for `Fail` the program's own name. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly fault: string;
  /** Where: the function, and the place in its module's source. Filled in on the way out. */
  place: { readonly start: number; readonly end: number } | undefined;
  where: string | undefined;

  constructor(kind: FaultKind, fault: string = kind) {
    super(fault);
    this.kind = kind;
    this.fault = fault;
  }
}

export function fault(kind: FaultKind, name?: string): never {
  throw new Fault(kind, name);
}
