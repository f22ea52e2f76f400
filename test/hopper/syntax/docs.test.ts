/** The modules that docs/hopper/syntax.md shows are right, and their tests hold. */
import { readFileSync } from "node:fs";
import test from "ava";
import { sourceFinder } from "../../../client/hopper/find-source.ts";
import { formatModule } from "../../../hopper/tools/format-module.ts";
import { createLibrary, loadModule } from "../../../hopper/tools/load-modules.ts";
import { showDiagnostics } from "../../../hopper/tools/show-diagnostics.ts";
import { testModule } from "../../../hopper/tools/test-module.ts";
import { sha256 } from "../../../pools/sha256.ts";

const page = readFileSync(new URL("../../../docs/hopper/syntax.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```hopper\n([\s\S]*?)```/g)].map(([, text = ""]) => text);

test("there are modules to check", (t) => t.true(blocks.length > 0));

for (const [i, text] of blocks.entries()) {
  test(`block ${i + 1} checks, its tests hold, and it is laid out as fmt does`, (t) => {
    const loaded = loadModule(createLibrary(sourceFinder()), { file: "syntax.md", text });
    if (!loaded.ok)
      throw new Error(loaded.broken.map((one) => showDiagnostics(one.file, one.text, one.diagnostics)).join());
    const { tests, laws } = testModule(loaded.module, loaded.imports, { sha256, seed: 1, runs: 50 });
    t.true(tests.length > 0);
    for (const { name, flaw } of [...tests, ...laws]) t.is(flaw, undefined, `${name} ${JSON.stringify(flaw)}`);
    t.is(formatModule(text), text);
  });
}
