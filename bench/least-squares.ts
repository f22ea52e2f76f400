/** Least squares with no negative coefficient: what things cost, from what they cost together. */

/** One equation: how often each thing was done, what all of it took, and how much its error counts. */
export type Equation = { readonly counts: readonly number[]; readonly total: number; readonly weight: number };

/**
 * The costs, none below 0, for which the weighted errors of all totals have the least sum of squares. Tries every set of
 * things that cost anything, which is exact and quick for up to ten of them. A thing that was never done, or cannot be
 * told from the others, costs 0.
 */
export function fitCosts(equations: readonly Equation[]): number[] {
  const things = equations[0]?.counts.length ?? 0;
  if (things > 10) throw new RangeError("at most ten things");
  const rows = equations.map(({ counts, weight }) => counts.map((count) => count * weight));
  const totals = equations.map(({ total, weight }) => total * weight);
  let best = { error: dot(totals, totals), costs: new Array<number>(things).fill(0) };
  for (let set = 1; set < 1 << things; set++) {
    const chosen = Array.from({ length: things }, (_, i) => i).filter((i) => (set >> i) & 1);
    const solved = solve(
      rows.map((row) => chosen.map((i) => row[i] ?? 0)),
      totals,
    );
    if (solved === undefined || solved.some((cost) => cost < 0)) continue;
    const costs = new Array<number>(things).fill(0);
    for (const [place, i] of chosen.entries()) costs[i] = solved[place] ?? 0;
    const error = rows.reduce((sum, row, i) => sum + (dot(row, costs) - (totals[i] ?? 0)) ** 2, 0);
    // Of sets that fit alike the first, which has the fewest of the later things.
    if (error < best.error - 1e-12) best = { error, costs };
  }
  return best.costs;
}

/** What the things of an equation cost together. */
export function costOf(counts: readonly number[], costs: readonly number[]): number {
  return dot(counts, costs);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

/** Costs that bring the rows closest to the totals, by the normal equations; undefined where they do not tell them all. */
function solve(rows: readonly (readonly number[])[], totals: readonly number[]): number[] | undefined {
  const size = rows[0]?.length ?? 0;
  // Columns of length 1, or a cost a thousand times another would drown it.
  const lengths = Array.from({ length: size }, (_, i) => Math.hypot(...rows.map((row) => row[i] ?? 0)));
  if (lengths.includes(0)) return undefined;
  const scaled = rows.map((row) => row.map((value, i) => value / (lengths[i] ?? 1)));
  const column = (i: number) => scaled.map((row) => row[i] ?? 0);
  const matrix = lengths.map((_, i) => [...lengths.map((_, j) => dot(column(i), column(j))), dot(column(i), totals)]);
  return eliminate(matrix)?.map((value, i) => value / (lengths[i] ?? 1));
}

/** Gauss and Jordan's elimination of a matrix with its right side behind it. */
function eliminate(matrix: number[][]): number[] | undefined {
  for (let pivot = 0; pivot < matrix.length; pivot++) {
    const order = matrix.slice(pivot).sort((a, b) => Math.abs(b[pivot] ?? 0) - Math.abs(a[pivot] ?? 0));
    matrix.splice(pivot, order.length, ...order);
    const row = matrix[pivot] ?? [];
    const head = row[pivot] ?? 0;
    if (Math.abs(head) < 1e-9) return undefined;
    for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) / head;
    for (const other of matrix) {
      if (other === row) continue;
      const factor = other[pivot] ?? 0;
      for (let i = 0; i < row.length; i++) other[i] = (other[i] ?? 0) - factor * (row[i] ?? 0);
    }
  }
  return matrix.map((row) => row.at(-1) ?? 0);
}
