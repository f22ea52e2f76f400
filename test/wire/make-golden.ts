/** Writes golden.json anew: `node test/wire/make-golden.ts`. A change in it is a change of the wire format. */
import { writeFileSync } from "node:fs";
import { goldenFile, goldenVectors } from "./golden-vectors.ts";

writeFileSync(goldenFile, `${JSON.stringify(goldenVectors(), null, 2)}\n`);
