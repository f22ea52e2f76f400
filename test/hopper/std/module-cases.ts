/** What is asked of each standard module: its tests hold, they notice every missing `require`, and the checker guards it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { createLibrary, type FindSource, type Loaded, loadModule } from "../../../hopper/tools/load-modules.ts";
import { type TestedModule, testModule } from "../../../hopper/tools/test-module.ts";

const room = join(import.meta.dirname, "../../../hopper");
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha256").update(bytes).digest());
const find: FindSource = (path) => ({ file: path, text: sourceOf(path) });

/** What is changed in the module, from, to, and what the checker says of it: the codes of its diagnostics, in order. */
export type Mutation = readonly [what: string, from: string, to: string, codes: string];

type Tried = { readonly codes: readonly string[] } | { readonly tested: TestedModule };

function sourceOf(path: string): string {
  return readFileSync(join(room, `${path}.hop`), "utf8");
}

/** The module at this path with all that it uses, checked. */
export function loadStandardModule(path: string): Extract<Loaded, { readonly ok: true }> {
  const loaded = loadModule(createLibrary(find), { file: path, text: sourceOf(path) });
  if (!loaded.ok) throw new Error(`${path} has mistakes`);
  return loaded;
}

/** Checks this text, and runs its tests; standard modules are there to be used. */
export function tryOut(path: string, text: string): Tried {
  const loaded = loadModule(createLibrary(find), { file: `${path} changed`, text });
  if (loaded.ok) return { tested: testModule(loaded.module, loaded.imports, { sha256, seed: 1, runs: 50 }) };
  return { codes: loaded.broken.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)) };
}

export function flawsOf({ tests, laws }: TestedModule): string[] {
  return [...tests, ...laws].flatMap((one) => (one.flaw === undefined ? [] : [JSON.stringify(one.flaw)]));
}

/**
 * Declares the tests of the module at this path, "std/escrow". Faults met through other modules only are tried by the caller.
 */
export function testStandardModule(
  path: string,
  mutations: readonly Mutation[],
  metElsewhere: readonly string[] = [],
): void {
  const source = sourceOf(path);

  test("its tests hold, by both evaluators", (t) => {
    const tried = tryOut(path, source);
    if (!("tested" in tried)) return t.fail(tried.codes.join());
    t.true(tried.tested.tests.length > 0);
    t.deepEqual(flawsOf(tried.tested), []);
  });

  test("its tests meet each of its faults", (t) => {
    const faults = new Set(Array.from(source.matchAll(/(?:else|fail) ([A-Z]\w*)\b(?!\()/g), ([, name = ""]) => name));
    const code = source.slice(0, source.indexOf('\ntest "'));
    for (const name of faults) {
      if (!new RegExp(`(?:else|fail) ${name}\\b`).test(code) || metElsewhere.includes(name)) continue;
      t.true(source.includes(`expect fault ${name}\n`), name);
    }
  });

  const lines = source.split("\n");
  for (const [at, line] of lines.entries()) {
    if (!/^\s+(?:require |let _ = )/.test(line) || metElsewhere.some((name) => line.endsWith(` else ${name}`)))
      continue;
    test(`without line ${at + 1} its tests fail: ${line.trim()}`, (t) => {
      const tried = tryOut(path, lines.filter((_, i) => i !== at).join("\n"));
      t.true("codes" in tried || flawsOf(tried.tested).length > 0);
    });
  }

  for (const [what, from, to, codes] of mutations) {
    test(`the checker refuses it where ${what}`, (t) => {
      t.is(source.split(from).length, 2, "what is changed stands in it once");
      const tried = tryOut(
        path,
        source.replace(from, () => to),
      );
      t.is("codes" in tried ? tried.codes.join(", ") : "passed", codes);
    });
  }
}
