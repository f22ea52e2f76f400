import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

const root = join(import.meta.dirname, "../..");

test("the checked-in .wasm is what its source compiles to", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "juno-wasm-"));
  try {
    const compiler = join(dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")), "bin/asc.js");
    const outFile = join(folder, "ed25519-batch.wasm");
    const args = [compiler, "--config", "pools/wasm/asconfig.json", "--outFile", outFile];
    const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
    t.is(stderr, "");
    const [built, kept] = await Promise.all([readFile(outFile), readFile(join(root, "pools/ed25519-batch.wasm"))]);
    t.true(built.equals(kept), "npm run wasm, and commit what it writes");
  } finally {
    await rm(folder, { recursive: true });
  }
});
