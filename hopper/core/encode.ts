/**
 * The canonical bytes of a module, over which its hash is taken: every form has a number, and each list of forms leaves
 * the numbers from 32 on to later stages (erased terms, telescopes, indices).
 */
import type { Plain } from "./cbor.ts";
import { encodePlain } from "./cbor.ts";
import type { CoreCommand, CoreFunction, CoreModule, Effects, Named } from "./module.ts";
import type { Literal, Pattern, Ref, Term } from "./term.ts";
import { type BaseName, type Constructor, type DataType, type Owner, resolve, type Type } from "./type.ts";

export const coreVersion = 1;

/** Names of what others can see are part of the identity; names of locals, spans, comments, tests and laws are not. */
export function encodeModule(module: CoreModule): Uint8Array {
  const out = encoder(module.owner);
  return encodePlain([
    coreVersion,
    module.owner.path,
    [...module.imports],
    module.authority === null ? null : out.term(module.authority),
    module.types.map(out.declaration),
    module.tables.map((t) => [t.name, out.type(t.key), out.type(t.value)]),
    module.events.map((e) => [e.name, e.fields.map(out.named)]),
    module.functions.map(out.fn),
    module.commands.map(out.command),
  ]);
}

/** The bytes of a type alone, as seen from anywhere once its module has a hash; equal types have equal bytes. */
export function encodeType(type: Type): Uint8Array {
  return encodePlain(encoder(null).type(type));
}

const baseNumbers: Readonly<Record<BaseName, number>> = {
  Int: 0,
  Nat: 1,
  Rat: 2,
  Text: 3,
  Bytes: 4,
  Bool: 5,
  Time: 6,
  Duration: 7,
  Principal: 8,
  Id: 9,
};

type Encoder = {
  readonly type: (type: Type) => Plain;
  readonly named: (named: Named) => Plain;
  readonly term: (term: Term) => Plain;
  readonly declaration: (data: DataType) => Plain;
  readonly fn: (fn: CoreFunction) => Plain;
  readonly command: (command: CoreCommand) => Plain;
};

function encoder(self: Owner | null): Encoder {
  const dataRef = (d: DataType): Plain => [d.owner === self ? null : d.owner.hash, d.index, d.name];
  const constructorRef = (c: Constructor): Plain => [dataRef(c.data), c.index];
  const ref = (r: Ref): Plain => [r.hash, r.index];
  const refs = (list: readonly Ref[]): Plain => list.map(ref);
  const named = (n: Named): Plain => [n.name, type(n.type)];
  const effects = (e: Effects): Plain => [refs(e.reads), refs(e.writes)];

  function type(t: Type): Plain {
    const seen = resolve(t);
    switch (seen.kind) {
      case "base":
        return [0, baseNumbers[seen.name]];
      case "data":
        return [1, dataRef(seen.data), seen.args.map(type)];
      case "tuple":
        return [2, seen.items.map(type)];
      case "arrow":
        return [3, seen.params.map(type), type(seen.result), seen.once];
      case "param":
        return [4, seen.index];
      // The type of what never returns.
      case "wrong":
        return [5];
      case "hole":
        throw new Error("assert: an open type in checked core");
    }
  }

  function literal(l: Literal): Plain {
    const number = baseNumbers[l.type];
    return l.type === "Rat" ? [number, l.numerator, l.denominator] : [number, l.value];
  }

  function pattern(p: Pattern): Plain {
    switch (p.kind) {
      case "any":
        return [0];
      case "bind":
        return [1, p.level];
      case "literal":
        return [2, literal(p.literal)];
      case "construct":
        return [3, constructorRef(p.constructor), p.fields.map(pattern)];
      case "tuple":
        return [4, p.items.map(pattern)];
      case "list":
        return [5, p.items.map(pattern), p.rest === null ? null : pattern(p.rest)];
    }
  }

  const terms = (list: readonly Term[]): Plain => list.map(term);

  function term(t: Term): Plain {
    switch (t.kind) {
      case "literal":
        return [0, literal(t.literal)];
      case "local":
        return [1, t.level];
      case "function":
        return [2, ref(t.ref)];
      case "call":
        return [3, ref(t.ref), terms(t.args)];
      case "apply":
        return [4, term(t.to), terms(t.args)];
      case "primitive":
        return [5, t.name, terms(t.args)];
      case "lambda":
        return [6, t.level, t.params.map(type), term(t.body)];
      case "construct":
        return [7, constructorRef(t.constructor), terms(t.args)];
      case "tuple":
        return [8, terms(t.items)];
      case "list":
        return [9, terms(t.items)];
      case "field":
        return [10, term(t.of), dataRef(t.data), t.index];
      case "let":
        return [11, t.level, term(t.value), term(t.body)];
      case "if":
        return [12, term(t.condition), term(t.yes), term(t.no)];
      case "match":
        return [13, terms(t.on), t.cases.map((c) => [c.patterns.map(pattern), term(c.body)])];
      case "for":
        return [14, t.level, term(t.list), term(t.start), term(t.body)];
      case "fail":
        return [15, t.fault];
      case "get":
        return [16, t.table, term(t.key), term(t.absent)];
      case "take":
        return [17, t.table, term(t.key), term(t.absent)];
      case "put":
        return [18, t.table, term(t.key), term(t.value), t.fault];
      case "emit":
        return [19, t.event, terms(t.fields)];
      case "moves":
        return [20, refs(t.tables), term(t.unit), t.changes.map((c) => [term(c.account), term(c.amount), c.gains])];
    }
  }

  return {
    type,
    named,
    term,
    declaration: (d) => [
      d.name,
      d.isAsset,
      d.params.map((p) => p.bound),
      d.constructors.map((c) => [c.name, c.isPrivate, c.fields.map((f) => [f.name, type(f.type)])]),
    ],
    fn: (f) => [
      f.name,
      f.isPublic,
      ["fn", "rec fn", "proc"].indexOf(f.form),
      f.signature.typeParams.map((p) => p.bound),
      f.signature.params.map((p) => type(p.type)),
      type(f.signature.result),
      effects(f.effects),
      term(f.body),
    ],
    command: (c) => [
      c.name,
      c.params.map(named),
      type(c.result),
      c.signer === null ? null : term(c.signer),
      effects(c.effects),
      term(c.body),
    ],
  };
}
