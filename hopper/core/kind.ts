/**
 * What may be done with a value: two rights, and so four kinds. Bit 1 set means "not copied, not dropped", bit 2 means
 * "not stored and not sent". The kind of a whole is the join of the kinds of its parts: fewest rights win.
 */
export type Kind = 0 | 1 | 2 | 3;

export const dataKind = 0;
export const assetKind = 1;
export const localKind = 2;
export const anyKind = 3;

export const kindNames: readonly string[] = ["Data", "Asset", "Local", "Type"];

export function joinKinds(a: Kind, b: Kind): Kind {
  return (a | b) as Kind;
}

/** True where a value of kind `a` may stand where `b` is asked for: it has every right that `b` has. */
export function kindFits(a: Kind, b: Kind): boolean {
  return (a & ~b) === 0;
}

export function mayCopy(kind: Kind): boolean {
  return (kind & 1) === 0;
}

export function mayStore(kind: Kind): boolean {
  return (kind & 2) === 0;
}

export function readKind(name: string): Kind | null {
  const at = kindNames.indexOf(name);
  return at < 0 ? null : (at as Kind);
}
