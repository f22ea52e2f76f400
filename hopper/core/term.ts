/**
 * Typed core: a program after names, types and uses have been checked. Locals are de Bruijn levels, the number of binders
 * around theirs, so renaming a local or laying out the text anew changes nothing. Spans point into the source and are no
 * part of the identity. Later stages add erased terms; see encode.ts for the room left.
 */
import type { Constructor, DataType, Type } from "./type.ts";

export type Span = { readonly start: number; readonly end: number };
/** A declaration of this module or of an imported one: `hash` is null for this one. */
export type Ref = { readonly hash: string | null; readonly index: number };

export type Literal =
  | { readonly type: "Int" | "Nat" | "Time" | "Duration"; readonly value: bigint }
  | { readonly type: "Rat"; readonly numerator: bigint; readonly denominator: bigint }
  | { readonly type: "Text"; readonly value: string }
  | { readonly type: "Bytes" | "Id"; readonly value: Uint8Array }
  | { readonly type: "Bool"; readonly value: boolean };

export type Term =
  | { readonly kind: "literal"; readonly literal: Literal }
  | { readonly kind: "local"; readonly level: number }
  | { readonly kind: "function"; readonly ref: Ref }
  | { readonly kind: "call"; readonly ref: Ref; readonly args: readonly Term[]; readonly span: Span }
  | { readonly kind: "apply"; readonly to: Term; readonly args: readonly Term[]; readonly span: Span }
  | { readonly kind: "primitive"; readonly name: string; readonly args: readonly Term[]; readonly span: Span }
  /** Parameters are the levels from `level` on; `around` has the types of the levels below, and is no part of the identity. */
  | {
      readonly kind: "lambda";
      readonly level: number;
      readonly params: readonly Type[];
      readonly result: Type;
      readonly around: readonly Type[];
      readonly body: Term;
    }
  | { readonly kind: "construct"; readonly constructor: Constructor; readonly args: readonly Term[] }
  | { readonly kind: "tuple"; readonly items: readonly Term[] }
  | { readonly kind: "list"; readonly items: readonly Term[] }
  | { readonly kind: "field"; readonly of: Term; readonly data: DataType; readonly index: number }
  | { readonly kind: "let"; readonly level: number; readonly value: Term; readonly body: Term }
  | { readonly kind: "if"; readonly condition: Term; readonly yes: Term; readonly no: Term }
  | { readonly kind: "match"; readonly on: readonly Term[]; readonly cases: readonly Case[]; readonly span: Span }
  /** The item is at `level`, the accumulator one above. */
  | { readonly kind: "for"; readonly level: number; readonly list: Term; readonly start: Term; readonly body: Term }
  | { readonly kind: "fail"; readonly fault: string; readonly span: Span }
  /** `take` removes the row. */
  | {
      readonly kind: "get" | "take";
      readonly table: number;
      readonly key: Term;
      readonly absent: Term;
      readonly span: Span;
    }
  /** `fault` is the name for a row that is there already; null overwrites. */
  | {
      readonly kind: "put";
      readonly table: number;
      readonly key: Term;
      readonly value: Term;
      readonly fault: string | null;
      readonly span: Span;
    }
  | { readonly kind: "emit"; readonly event: number; readonly fields: readonly Term[]; readonly span: Span }
  | {
      readonly kind: "moves";
      readonly tables: readonly Ref[];
      readonly unit: Term;
      readonly changes: readonly { readonly account: Term; readonly amount: Term; readonly gains: boolean }[];
      readonly span: Span;
    };

export type Case = { readonly patterns: readonly Pattern[]; readonly body: Term };

export type Pattern =
  | { readonly kind: "any" }
  | { readonly kind: "bind"; readonly level: number }
  | { readonly kind: "literal"; readonly literal: Literal }
  | { readonly kind: "construct"; readonly constructor: Constructor; readonly fields: readonly Pattern[] }
  | { readonly kind: "tuple"; readonly items: readonly Pattern[] }
  /** `rest` is null where the list ends after the items. */
  | { readonly kind: "list"; readonly items: readonly Pattern[]; readonly rest: Pattern | null };
