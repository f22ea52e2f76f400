/** What a checked module consists of, before lowering. */
import type { Ref, Span, Term } from "./term.ts";
import type { DataType, Owner, Type, TypeParam } from "./type.ts";

export type Named = { readonly name: string; readonly type: Type };

export type Signature = {
  readonly typeParams: readonly TypeParam[];
  readonly params: readonly Named[];
  readonly result: Type;
};

export type Form = "fn" | "rec fn" | "proc";

/** Tables by module hash (null is this module) and index; a table in `writes` may be read as well. */
export type Effects = { readonly reads: readonly Ref[]; readonly writes: readonly Ref[] };

export type CoreFunction = {
  readonly name: string;
  readonly form: Form;
  readonly isPublic: boolean;
  readonly signature: Signature;
  readonly effects: Effects;
  readonly body: Term;
  readonly span: Span;
};

/** Levels: the parameters, then `auth` where `signer` is given. The signer is worked out from the parameters alone. */
export type CoreCommand = {
  readonly name: string;
  readonly params: readonly Named[];
  readonly result: Type;
  readonly signer: Term | null;
  readonly effects: Effects;
  readonly body: Term;
  readonly span: Span;
};

/** `key` is a tuple where a table has several key columns. */
export type Table = {
  readonly name: string;
  readonly key: Type;
  readonly value: Type;
  readonly keyNames: readonly string[];
};

export type Event = { readonly name: string; readonly fields: readonly Named[] };

/** Turns stored values of a type of the version before into this version's. */
export type Migration = {
  readonly name: string;
  readonly table: string;
  readonly from: Type;
  readonly body: Term;
  readonly span: Span;
};

export type CoreLaw = {
  readonly name: string;
  readonly params: readonly Named[];
  readonly body: Term;
  readonly span: Span;
};

export type TestStep =
  | {
      readonly kind: "call";
      readonly command: Ref;
      readonly args: readonly Term[];
      readonly signers: readonly Term[];
      readonly time: Term | null;
      readonly expect:
        | { readonly kind: "ok"; readonly value: Term | null }
        | { readonly kind: "fault"; readonly name: string };
      readonly span: Span;
    }
  | { readonly kind: "check"; readonly condition: Term; readonly span: Span };

/** Steps run one after another; `lets` of the test are levels that every later step sees. */
export type CoreTest = { readonly name: string; readonly steps: readonly TestStep[]; readonly span: Span };

export type CoreModule = {
  readonly owner: Owner;
  readonly imports: readonly string[];
  /** Who may put a next version in this one's place; null is nobody. */
  readonly authority: Term | null;
  readonly types: readonly DataType[];
  readonly tables: readonly Table[];
  readonly events: readonly Event[];
  readonly functions: readonly CoreFunction[];
  readonly commands: readonly CoreCommand[];
};
