/**
 * What a checked module becomes to be run: types, names and erased arguments are gone, lambdas are functions of their own, and
 * what a piece of code costs stands in it as `charge`. All evaluators run this very tree, so they agree on gas by construction.
 *
 * A function runs on slots, numbered from 0: captured values, then parameters, then what `let`, `match` and `for` bind.
 */
import type { Value } from "../run/value.ts";

/** A place in the source, for people: faults name it. */
export type Place = { readonly start: number; readonly end: number };

/** A function, table or event of a module; `module` is its hash in hex, null for the module at hand. */
export type Ref = { readonly module: string | null; readonly index: number };

export type Code =
  | { readonly op: "const"; readonly value: Value }
  | { readonly op: "slot"; readonly slot: number }
  /** Costs `gas`, then goes on. Stands at the start of a body and of each branch, and covers it up to the next one. */
  | { readonly op: "charge"; readonly gas: number; readonly rest: Code }
  | { readonly op: "let"; readonly slot: number; readonly value: Code; readonly rest: Code }
  | { readonly op: "if"; readonly test: Code; readonly yes: Code; readonly no: Code }
  /** The first case whose patterns all fit. The checker has made sure that one does. */
  | { readonly op: "match"; readonly on: readonly Code[]; readonly cases: readonly Case[] }
  /** Folds a list: `body` gives the next value of slot `acc`, and sees the item in slot `item`. */
  | {
      readonly op: "for";
      readonly list: Code;
      readonly start: Code;
      readonly item: number;
      readonly acc: number;
      readonly body: Code;
    }
  | { readonly op: "call"; readonly to: Ref; readonly args: readonly Code[]; readonly place: Place }
  | { readonly op: "apply"; readonly to: Code; readonly args: readonly Code[]; readonly place: Place }
  | { readonly op: "closure"; readonly of: Ref; readonly captures: readonly Code[] }
  /** Tuples have tag 0; so has the only constructor of a record. */
  | { readonly op: "construct"; readonly tag: number; readonly fields: readonly Code[] }
  | { readonly op: "list"; readonly items: readonly Code[] }
  /** Of a value whose type has one constructor, or of a tuple. */
  | { readonly op: "field"; readonly of: Code; readonly index: number }
  | { readonly op: "primitive"; readonly name: PrimitiveName; readonly args: readonly Code[]; readonly place: Place }
  | { readonly op: "fail"; readonly fault: string; readonly place: Place }
  /** `take` removes the row. `absent` runs where there is none, and may fail. */
  | {
      readonly op: "get" | "take";
      readonly table: Ref;
      readonly key: Code;
      readonly absent: Code;
      readonly place: Place;
    }
  /** `fault` names what a row that is there already means; null overwrites it. */
  | {
      readonly op: "put";
      readonly table: Ref;
      readonly key: Code;
      readonly value: Code;
      readonly fault: string | null;
      readonly place: Place;
    }
  | { readonly op: "emit"; readonly event: Ref; readonly fields: readonly Code[]; readonly place: Place }
  /** What the command promises to move of a unit, checked on its diff at the end: no other account may change. */
  | {
      readonly op: "moves";
      readonly tables: readonly Ref[];
      readonly unit: Code;
      readonly changes: readonly { readonly account: Code; readonly amount: Code; readonly gains: boolean }[];
      readonly place: Place;
    };

export type Case = { readonly patterns: readonly Pattern[]; readonly body: Code };

export type Pattern =
  | { readonly test: "any" }
  | { readonly test: "bind"; readonly slot: number }
  | { readonly test: "const"; readonly value: Value }
  | { readonly test: "construct"; readonly tag: number; readonly fields: readonly Pattern[] }
  /** `rest` is null where the list ends after the items. */
  | { readonly test: "list"; readonly items: readonly Pattern[]; readonly rest: Pattern | null };

export type IrFunction = {
  readonly name: string;
  /** Captured values, which come first. */
  readonly captures: number;
  readonly params: number;
  /** Slots in all. */
  readonly slots: number;
  readonly body: Code;
  /** What is stored of a value of it; null where it has none that may be stored. */
  readonly stored: StoredFunction | null;
};

/** The shapes of what it captured, and its own. */
export type StoredFunction = { readonly captures: readonly Shape[]; readonly type: Shape };

/** The shape of a value that is stored or sent; decoding goes by it. `named` points into `IrModule.shapes`. */
export type Shape =
  | { readonly of: "Int" | "Nat" | "Rat" | "Text" | "Bytes" | "Bool" | "Time" | "Duration" | "Principal" | "Id" }
  | { readonly of: "list"; readonly item: Shape }
  | { readonly of: "map"; readonly key: Shape; readonly value: Shape }
  | { readonly of: "tuple"; readonly items: readonly Shape[] }
  | { readonly of: "named"; readonly index: number }
  /** What was captured is no part of it: the value names its module's function, which knows. */
  | {
      readonly of: "function";
      readonly params: readonly Shape[];
      readonly result: Shape;
      readonly once: boolean;
    };

/** Constructors in order; each has the shapes of its run-time fields. `asset`: the fields that count as an amount of a unit. */
export type NamedShape = {
  readonly name: string;
  readonly constructors: readonly {
    readonly name: string;
    readonly fields: readonly Shape[];
    readonly labels: readonly (string | null)[];
  }[];
  /** Where an asset keeps what `moves` counts: the fields of its unit and its amount. Null for all else. */
  readonly amount: { readonly unit: number | null; readonly amount: number } | null;
};

/** `withFunctions`, here and below: values may have functions in them, whose captures are not known before they are there. */
export type IrTable = {
  readonly name: string;
  readonly key: Shape;
  readonly value: Shape;
  readonly withFunctions: boolean;
};
export type IrEvent = {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly shape: Shape }[];
  readonly withFunctions: boolean;
};

/** Runs as a function of `params` values, and of the evidence in the slot after them where it is signed. */
export type IrCommand = {
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly shape: Shape }[];
  readonly result: Shape;
  readonly withFunctions: boolean;
  /** Of the parameters alone: the principal that must have signed. */
  readonly signer: number | null;
  /** Index of the function that is the body. */
  readonly body: number;
};

export type IrModule = {
  readonly path: string;
  /** SHA-256 of the canonical core, in hex. */
  readonly hash: string;
  readonly shapes: readonly NamedShape[];
  readonly functions: readonly IrFunction[];
  readonly tables: readonly IrTable[];
  readonly events: readonly IrEvent[];
  readonly commands: readonly IrCommand[];
  /** Index of a function without parameters that gives the principal who may upgrade; null is nobody. */
  readonly authority: number | null;
  /** By table: the function from an old row's value to the new one. */
  readonly migrations: readonly { readonly table: number; readonly from: Shape; readonly function: number }[];
};

/** Names of what is built in; each has its arity, its cost and its meaning in hopper/run/primitives. */
export type PrimitiveName = string;
