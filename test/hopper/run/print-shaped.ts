/**
 * Values of shapes with few parts, always the same ones, as bytes and with their weights.
 *
 * Usage: node [--disallow-code-generation-from-strings] test/hopper/run/print-shaped.ts
 */
import fc from "fast-check";
import type { Shape } from "../../../hopper/ir/ir.ts";
import { encode, weigherFor } from "../../../hopper/run/canonical.ts";
import { functionOfText } from "../../../hopper/run/function-of-text.ts";
import { baseShapes, namedShapes, valueOfShape } from "./shaped-values.ts";

const shape: Shape = {
  of: "tuple",
  items: [
    { of: "named", index: 0 },
    { of: "tuple", items: baseShapes },
    { of: "named", index: 1 },
  ],
};
/** Of the same without a choice, since of that nothing is straight. */
const straight: Shape = { of: "tuple", items: [{ of: "named", index: 0 }, ...baseShapes] };

const lines = [`straight ${functionOfText([], "return 0;") !== undefined}`];
for (const one of [shape, straight]) {
  for (const value of fc.sample(valueOfShape(one), { seed: 7, numRuns: 500 })) {
    const bytes = Buffer.from(encode(value, one, namedShapes), "latin1").toString("hex");
    lines.push(`${weigherFor(one, namedShapes)(value)} ${bytes}`);
  }
}
process.stdout.write(lines.join("\n"));
