/**
 * The surface tree: what the parser reads and the formatter writes. Every node has its span, in UTF-16 offsets into the
 * source. Forms of later stages (indexed data, erased binders, interfaces) are in the tree, so that they can be refused
 * with a clear message. Types are expressions: `List(Nat)` is a call, `(A) -> B` an arrow.
 */
export type Span = { readonly start: number; readonly end: number };
export type Name = { readonly name: string; readonly span: Span };

export type Module = {
  readonly path: Name;
  readonly authority: Expr | null;
  readonly uses: readonly Use[];
  readonly declarations: readonly Declaration[];
  readonly span: Span;
};

/** `use std/coin #"hash" (Coin, pay) as coin`; `names` is null without a list, and then all comes as `coin.pay`. */
export type Use = {
  readonly path: Name;
  readonly hash: Name | null;
  readonly names: readonly Name[] | null;
  readonly alias: Name | null;
  readonly span: Span;
};

type Declared = { readonly name: Name; readonly isPublic: boolean; readonly span: Span };

export type Declaration =
  | (Declared & {
      readonly kind: "data";
      readonly isAsset: boolean;
      readonly params: readonly Param[];
      /** Stage 3: `: State -> Asset where …`. */
      readonly index: Expr | null;
      readonly constructors: readonly ConstructorNode[];
    })
  | (Declared & { readonly kind: "table"; readonly keys: readonly Param[] | Expr; readonly value: Expr })
  | (Declared & { readonly kind: "event"; readonly fields: readonly Param[] })
  | (Declared & {
      readonly kind: "function";
      readonly form: "fn" | "rec fn" | "proc";
      /** In braces: found by inference. */
      readonly inferred: readonly Param[];
      readonly params: readonly Param[];
      readonly result: Expr;
      readonly reads: readonly Name[];
      readonly writes: readonly Name[];
      readonly body: Expr;
    })
  | (Declared & {
      readonly kind: "command";
      readonly params: readonly Param[];
      readonly signer: Expr | null;
      readonly body: Expr;
    })
  | (Declared & { readonly kind: "interface"; readonly members: readonly Param[] })
  | (Declared & { readonly kind: "law"; readonly params: readonly Param[]; readonly body: Expr })
  /** `migrate table purse (old : OldCoin) = expr`. */
  | (Declared & { readonly kind: "migrate"; readonly param: Param; readonly body: Expr })
  | (Declared & { readonly kind: "test"; readonly steps: readonly TestStep[] });

/** One name of a list `a, b : T`; `name` is null for a field that has only a position. */
export type Param = { readonly name: Name | null; readonly erased: boolean; readonly type: Expr; readonly span: Span };

export type ConstructorNode = {
  readonly name: Name;
  readonly isPrivate: boolean;
  readonly fields: readonly Param[];
  readonly span: Span;
};

export type TestStep =
  /** `as alice, bob at 2026-11-23T00:00Z call pay(1, 2) expect ok ()` */
  | {
      readonly kind: "call";
      readonly signers: readonly Expr[];
      readonly time: Expr | null;
      readonly call: Expr;
      readonly expect:
        | { readonly kind: "ok"; readonly value: Expr | null }
        | { readonly kind: "fault"; readonly name: Name };
      readonly span: Span;
    }
  | { readonly kind: "check"; readonly condition: Expr; readonly span: Span }
  | { readonly kind: "let"; readonly name: Name; readonly value: Expr; readonly span: Span };

export type BinaryOperator = "+" | "-" | "*" | "/" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" | "++";

export type Expr =
  | {
      readonly kind: "number";
      readonly numerator: bigint;
      readonly denominator: bigint;
      readonly isExact: boolean;
      readonly span: Span;
    }
  | { readonly kind: "text"; readonly value: string; readonly span: Span }
  | { readonly kind: "bytes"; readonly value: Uint8Array; readonly span: Span }
  /** Milliseconds since 1970. */
  | { readonly kind: "time"; readonly value: bigint; readonly span: Span }
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "field"; readonly of: Expr; readonly name: Name; readonly span: Span }
  | { readonly kind: "call"; readonly to: Expr; readonly args: readonly Expr[]; readonly span: Span }
  /** `Coin { unit = u, amount }`; a field without `=` takes the local of its name. */
  | { readonly kind: "record"; readonly to: Expr; readonly fields: readonly FieldNode[]; readonly span: Span }
  | { readonly kind: "tuple"; readonly items: readonly Expr[]; readonly span: Span }
  | { readonly kind: "list"; readonly items: readonly Expr[]; readonly span: Span }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
      readonly span: Span;
    }
  | { readonly kind: "unary"; readonly operator: "-" | "!"; readonly of: Expr; readonly span: Span }
  | {
      readonly kind: "arrow";
      readonly params: readonly Expr[];
      readonly result: Expr;
      readonly once: boolean;
      readonly span: Span;
    }
  | { readonly kind: "lambda"; readonly params: readonly Name[]; readonly body: Expr; readonly span: Span }
  | {
      readonly kind: "block";
      readonly statements: readonly Statement[];
      readonly result: Expr | null;
      readonly span: Span;
    }
  | { readonly kind: "match"; readonly on: readonly Expr[]; readonly cases: readonly CaseNode[]; readonly span: Span }
  | { readonly kind: "if"; readonly condition: Expr; readonly yes: Expr; readonly no: Expr; readonly span: Span }
  | {
      readonly kind: "for";
      readonly item: Name;
      readonly list: Expr;
      readonly accumulator: { readonly name: Name; readonly start: Expr } | null;
      readonly body: Expr;
      readonly span: Span;
    }
  | {
      readonly kind: "take" | "get";
      readonly table: Name;
      readonly key: readonly Expr[];
      readonly absent: Absent | null;
      readonly span: Span;
    }
  | { readonly kind: "fail"; readonly fault: Name; readonly span: Span }
  /** `e else Fault` on a Maybe or a Result. */
  | { readonly kind: "else"; readonly of: Expr; readonly fault: Name; readonly span: Span }
  /** Put by the parser where it told an error. */
  | { readonly kind: "broken"; readonly span: Span };

export type Absent = { readonly kind: "else"; readonly fault: Name } | { readonly kind: "or"; readonly value: Expr };
export type FieldNode = { readonly name: Name; readonly value: Expr | null; readonly span: Span };
export type CaseNode = { readonly patterns: readonly Pattern[]; readonly body: Expr; readonly span: Span };

export type Statement =
  | {
      readonly kind: "let";
      readonly pattern: Pattern;
      readonly type: Expr | null;
      readonly value: Expr;
      readonly span: Span;
    }
  | { readonly kind: "require"; readonly condition: Expr; readonly fault: Name; readonly span: Span }
  | {
      readonly kind: "put";
      readonly isNew: boolean;
      readonly table: Name;
      readonly key: readonly Expr[];
      readonly value: Expr;
      readonly fault: Name | null;
      readonly span: Span;
    }
  | { readonly kind: "emit"; readonly event: Name; readonly fields: readonly FieldNode[]; readonly span: Span }
  | { readonly kind: "moves"; readonly unit: Expr; readonly changes: readonly Change[]; readonly span: Span }
  | { readonly kind: "do"; readonly value: Expr; readonly span: Span };

/** `gains` for `+`. */
export type Change = { readonly account: Expr; readonly gains: boolean; readonly amount: Expr; readonly span: Span };

export type Pattern =
  | { readonly kind: "any"; readonly span: Span }
  | { readonly kind: "name"; readonly name: string; readonly span: Span }
  | { readonly kind: "literal"; readonly value: Expr; readonly span: Span }
  | { readonly kind: "tuple"; readonly items: readonly Pattern[]; readonly span: Span }
  /** `[a, b, ..rest]`; `rest` is null where the list ends. */
  | { readonly kind: "list"; readonly items: readonly Pattern[]; readonly rest: Pattern | null; readonly span: Span }
  | { readonly kind: "construct"; readonly to: Expr; readonly args: readonly Pattern[]; readonly span: Span }
  /** `open`: ended by `..`. */
  | {
      readonly kind: "record";
      readonly to: Expr;
      readonly fields: readonly { readonly name: Name; readonly pattern: Pattern | null }[];
      readonly open: boolean;
      readonly span: Span;
    };
