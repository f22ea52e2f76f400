/** docs/hopper/std.md has a section for each standard module; it names all commands, and what it shows is right. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { sourceFinder } from "../../../client/hopper/find-source.ts";
import { createLibrary, loadModule } from "../../../hopper/tools/load-modules.ts";
import { showDiagnostics } from "../../../hopper/tools/show-diagnostics.ts";
import { testModule } from "../../../hopper/tools/test-module.ts";

const page = readFileSync(new URL("../../../docs/hopper/std.md", import.meta.url), "utf8");
const room = new URL("../../../hopper/std/", import.meta.url);
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.split("\n", 1)[0] ?? "", text]),
);
const names = readdirSync(room).map((file) => file.replace(/\.hop$/, ""));
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());

test("it has a section for each module, and no other", (t) => {
  t.deepEqual([...sections.keys()].toSorted(), names.toSorted());
});

for (const [name, section] of sections) {
  test(`${name}: it names each command with its parameters`, (t) => {
    const source = readFileSync(new URL(`${name}.hop`, room), "utf8");
    const commands = [...source.matchAll(/^command (\w+) \(\s*(.*?)\s*\)(?: signed by [^\n]*)? =/gms)];
    t.is(commands.length, source.split("\ncommand ").length - 1);
    for (const [, command = "", params = ""] of commands) {
      // "a, b : T, c : List(U)" is "a, b, c".
      const short = params.replaceAll(/\s+/g, " ").replaceAll(/ : \w+(\(\w+\))?/g, "");
      t.true(section.includes(`\`${command}(${short})\``), `${command}(${short})`);
    }
  });

  test(`${name}: what it shows checks, and its tests hold`, (t) => {
    const text = /```hopper\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
    const loaded = loadModule(createLibrary(sourceFinder()), { file: "std.md", text });
    if (!loaded.ok)
      throw new Error(loaded.broken.map((one) => showDiagnostics(one.file, one.text, one.diagnostics)).join());
    const { tests, laws } = testModule(loaded.module, loaded.imports, { sha256, seed: 1, runs: 50 });
    t.true(tests.length > 0);
    for (const one of [...tests, ...laws]) t.is(one.flaw, undefined, `${one.name} ${JSON.stringify(one.flaw)}`);
  });
}
