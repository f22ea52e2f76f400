/** First-order matching of types: finds the arguments that a call leaves out. */
import { type Hole, partsOf, resolve, sameData, type Type } from "../core/type.ts";

/** Makes the two types one by solving holes; false where they cannot be one. Holes solved before a failure stay solved. */
export function unify(a: Type, b: Type): boolean {
  const x = resolve(a);
  const y = resolve(b);
  if (x === y || x.kind === "wrong" || y.kind === "wrong") return true;
  if (x.kind === "hole") return solve(x, y);
  if (y.kind === "hole") return solve(y, x);
  if (x.kind !== y.kind) return false;
  if (x.kind === "base" && y.kind === "base") return x.name === y.name;
  if (x.kind === "param" && y.kind === "param") return x.index === y.index;
  if (x.kind === "data" && y.kind === "data" && !sameData(x.data, y.data)) return false;
  if (x.kind === "arrow" && y.kind === "arrow" && (x.once !== y.once || x.params.length !== y.params.length))
    return false;
  const xs = partsOf(x);
  const ys = partsOf(y);
  return xs.length === ys.length && xs.every((part, i) => unify(part, ys[i] ?? part));
}

function solve(hole: Hole, type: Type): boolean {
  if (mentions(type, hole)) return false;
  hole.solution = type;
  return true;
}

function mentions(type: Type, hole: Hole): boolean {
  const seen = resolve(type);
  return seen === hole || partsOf(seen).some((part) => mentions(part, hole));
}

/** True where a value of type `actual` may stand where `expected` is asked for: a Nat is an Int. */
export function accepts(expected: Type, actual: Type): boolean {
  const e = resolve(expected);
  const a = resolve(actual);
  if (e.kind === "base" && e.name === "Int" && a.kind === "base" && a.name === "Nat") return true;
  // A function value that may run many times may also run once.
  if (e.kind === "arrow" && a.kind === "arrow" && e.once && !a.once) return unify({ ...e, once: false }, a);
  return unify(e, a);
}
