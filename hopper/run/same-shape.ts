/**
 * Whether two shapes, of any two modules, have the same values. What types and constructors are called does not count: each version
 * of a module declares its types anew, and whether one may take another's place is the checker's to say (checkUpgrade).
 */
import type { NamedShape, Shape } from "../ir/ir.ts";

/** A shape with the named ones of its module. */
export type ShapeOf = { readonly shape: Shape; readonly shapes: readonly NamedShape[] };

export function isSameShape(a: ShapeOf, b: ShapeOf): boolean {
  // A pair under way is taken to be the same; where that proves wrong, the whole is not.
  const pairs = new Set<string>();
  const sameNamed = (i: number, j: number): boolean => {
    const pair = `${i} ${j}`;
    if (pairs.has(pair)) return true;
    pairs.add(pair);
    const [x, y] = [a.shapes[i]?.constructors, b.shapes[j]?.constructors];
    if (x === undefined || y === undefined) throw new Error("assert: shapes are whole");
    return x.length === y.length && x.every(({ fields }, k) => sameAll(fields, y[k]?.fields ?? []));
  };
  const sameAll = (xs: readonly Shape[], ys: readonly Shape[]): boolean => {
    return xs.length === ys.length && xs.every((x, i) => same(x, ys[i] ?? x));
  };
  const same = (x: Shape, y: Shape): boolean => {
    if (x.of === "named") return y.of === "named" && sameNamed(x.index, y.index);
    if (x.of === "list") return y.of === "list" && same(x.item, y.item);
    if (x.of === "map") return y.of === "map" && same(x.key, y.key) && same(x.value, y.value);
    if (x.of === "tuple") return y.of === "tuple" && sameAll(x.items, y.items);
    if (x.of !== "function") return x.of === y.of;
    return y.of === "function" && x.once === y.once && sameAll(x.params, y.params) && same(x.result, y.result);
  };
  return same(a.shape, b.shape);
}
