/** The JavaScript that modules are compiled to: made of few words, whatever a source says, and modest with the platform's stack. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { checkModule } from "../../../hopper/check/module.ts";
import { lowerModule } from "../../../hopper/lower/lower-module.ts";
import { generate } from "../../../hopper/run/generate.ts";
import { createMachine, type Machine } from "../../../hopper/run/machine.ts";
import { install } from "../../../hopper/run/run-tests.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { loadStandardModule } from "../std/module-cases.ts";
import { generateProgram, libSource } from "./generated-programs.ts";
import { tapeOf } from "./smallest.ts";
import { Tape } from "./tape.ts";

const keywords = `again apply break catch const continue else equal error false fault for function if interpret let module noCase null
k p placed putRow readRow return takeRow tell throw true try undefined value values x
account amount captured changes depth enter gains index items leave length promise slice spend tables unit Math ceil`;
const word = new RegExp(`^(?:${keywords.split(/\s+/).join("|")}|[cfkmst]\\d+)$`);

/** What is in a text beside our own words, whole numbers and plain signs. */
function strangeIn(text: string): string[] {
  const code = text.split("\n").slice(2).join("\n").replaceAll('fault("Fail", ', "fault(");
  const words = code.match(/[A-Za-z_$][\w$]*/g) ?? [];
  const signs = code.replaceAll(/[A-Za-z_$][\w$]*/g, "").match(/[^\d\s()[\]{}.,:;=!<+\-|/?]/g) ?? [];
  return [...words.filter((one) => !word.test(one)), ...signs];
}

function textsOf({ modules }: Machine): string[] {
  return [...modules.values()].map(({ linked }) => generate(linked).text);
}

function machineOf(source: string): Machine {
  const machine = createMachine({ sha256 });
  const lib = checkModule(libSource, "lib", () => undefined);
  if (!lib.ok) throw new Error("lib does not check");
  const checked = checkModule(source, "a", () => lib.module);
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics[0]));
  install(machine, lowerModule(lib.module), []);
  install(machine, lowerModule(checked.module), [lib.module.hash]);
  return machine;
}

test("of random programs, it has few words", (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const { source } = generateProgram(new Tape(tapeOf(seed, 400)));
    for (const text of textsOf(machineOf(source))) t.deepEqual(strangeIn(text), []);
  }
});

for (const file of readdirSync(join(import.meta.dirname, "../../../hopper/std"))) {
  const path = `std/${file.replace(/\.hop$/, "")}`;
  test(`of ${path}, it has few words`, (t) => {
    const { module, imports } = loadStandardModule(path);
    const machine = createMachine({ sha256 });
    for (const one of [...imports, module]) install(machine, lowerModule(one.module), one.module.core.imports);
    const texts = textsOf(machine);
    t.is(texts.length, imports.length + 1);
    for (const text of texts) t.deepEqual(strangeIn(text), []);
  });
}

test("names, texts and faults of a program are not in it, whatever they say", (t) => {
  const machine = machineOf(`module a
data process = globalThis { require : Text } | exit(Text)
table eval : Text => process
event Function { constructor : Text }
fn console (alert : Text) -> Text = alert ++ "\\"); process.exit(1); (\\""
proc __proto__ (x : Text) -> Text writes eval =
  put eval["*/ process.exit(1) /*"] = exit("\`\${process.exit(1)}")
  emit Function { constructor = console(x) }
  match x { "\u2028process.exit(1)//" => "yes", "'+process.exit(1)+'" => fail Process, other => other }
command go (x : Text) = __proto__(x)
`);
  const texts = textsOf(machine);
  for (const text of texts) t.deepEqual(strangeIn(text), []);
  t.false(texts.some((text) => text.includes("process") || text.includes("exit")));
});

test("the check of words finds a word", (t) => {
  t.deepEqual(strangeIn('"use strict";\n\nt1 = process.exit(k2, "a");'), ["process", "exit", "a", '"', '"']);
});

for (const flags of [[], ["--stack-size=600"], ["--disallow-code-generation-from-strings"]]) {
  test(`calls as deep as may be end well ${flags.join(" ")}`, async (t) => {
    const script = join(import.meta.dirname, "deep-calls.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, script], { timeout: 60_000 });
    const lines = stdout.trim().split("\n");
    t.is(lines.length, 20 * 49);
    t.true(lines.some((line) => line.startsWith("150 150 ")));
    t.true(lines.some((line) => line.startsWith("10000 DepthExceeded ")));
  });
}
