/** docs/hopper/tutorial.md, followed step by step as a reader would: its modules are written, its commands run, its prints compared. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { runJuno, temporaryFolder } from "../../client/juno-process.ts";

const page = readFileSync(new URL("../../../docs/hopper/tutorial.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```(hopper refused|hopper|console|message)\n([\s\S]*?)^```$/gm)].map(
  ([, kind = "", text = ""]) => ({ kind, text }),
);
const wrongFile = "wrong.hop";
const prompt = "hopper> ";

/** Words as a shell has them, with single quotes only. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

/** Gas may change, so it is left out where prints are compared; a table of costs is little else than gas. */
const withoutGas = (text: string): string =>
  text.includes("median gas")
    ? text.replaceAll(/\d+%?/g, "_").replaceAll(/ +/g, " ").trimEnd()
    : text.replaceAll(/\b\d+ gas\b/g, "_ gas").trimEnd();

/** A `hopper` block is a file, `console` has commands and their prints, `message` is what the refused block before it is told. */
test("a reader who does what it says sees what it shows", async (t) => {
  const folder = temporaryFolder();
  t.teardown(folder.remove);
  const juno = async (words: readonly string[], input: string): Promise<string> => {
    const inFolder = words.map((word) => (word.endsWith(".hop") ? join(folder.path, word) : word));
    const history = words[1] === "repl" ? ["--history", join(folder.path, "history")] : [];
    const { stdout, stderr } = await runJuno([...inFolder, ...history], { input });
    return (stdout + stderr).replaceAll(`${folder.path}/`, "");
  };
  for (const { kind, text } of blocks) {
    if (kind === "hopper") {
      const name = /^module (?:\w+\/)*(\w+)/.exec(text)?.[1] ?? "";
      writeFileSync(join(folder.path, `${name}.hop`), text);
    } else if (kind === "hopper refused") writeFileSync(join(folder.path, wrongFile), text);
    else if (kind === "message") {
      t.is(withoutGas(await juno(["hopper", "check", wrongFile], "")), withoutGas(text));
    } else {
      for (const step of text.split(/^\$ juno /m).slice(1)) {
        const [command = "", ...shown] = step.trimEnd().split("\n");
        const input = shown.filter((line) => line.startsWith(prompt)).map((line) => `${line.slice(prompt.length)}\n`);
        const printed = await juno(wordsOf(command), input.join(""));
        t.is(withoutGas(printed), withoutGas(shown.join("\n")), command);
      }
    }
  }
  const kinds = new Set(blocks.map(({ kind }) => kind));
  t.deepEqual([...kinds].toSorted(), ["console", "hopper", "hopper refused", "message"]);
});
