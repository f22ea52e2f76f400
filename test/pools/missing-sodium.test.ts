import { execFile } from "node:child_process";
import { promisify } from "node:util";
import test from "ava";

/** Makes Node fail to find sodium-native, as on a machine for which it was not built; threads inherit it. */
const withoutSodium = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(name, context, next) {
      if (name === "sodium-native") throw new Error("no native add-on for this machine\\nwith a second line");
      return next(name, context);
    },
  });
`)}`;

const expected =
  'sodium-native cannot be loaded here (no native add-on for this machine); choose engine = "simd" or "openssl"';

/** Runs a program on a machine without sodium-native and returns what it prints. */
async function printed(program: string): Promise<string> {
  const folder = new URL("../../pools/", import.meta.url).href;
  const source = `const pools = ${JSON.stringify(folder)};\n${program}`;
  const args = ["--import", withoutSodium, "--eval", source];
  return (await promisify(execFile)(process.execPath, args)).stdout.trim();
}

test("an engine that cannot be loaded says in one line what to do, and the others run", async (t) => {
  const output = await printed(`
    const { loadEngine } = await import(pools + "engine.ts");
    await loadEngine("sodium").catch((error) => console.log(error.message));
    const engine = await loadEngine("openssl");
    console.log(engine.verify(new Uint8Array(64), new Uint8Array(0), new Uint8Array(32)));
  `);
  // y = 0 as key and R, S = 0: of small order, so valid.
  t.is(output, `${expected}\ntrue`);
});

test("the pool does not start then, says the same, and leaves nothing that keeps the process", async (t) => {
  const output = await printed(`
    const { startPiscinaVerifier } = await import(pools + "piscina-verifier.ts");
    const config = { engine: "sodium", threads: 2, name: "t/missing" };
    await startPiscinaVerifier(config).catch((error) => console.log(error.message));
  `);
  t.is(output, expected);
});

test("a pool that is never closed does not keep the process either", async (t) => {
  const output = await printed(`
    const { startPiscinaVerifier } = await import(pools + "piscina-verifier.ts");
    const pool = await startPiscinaVerifier({ engine: "openssl", threads: 1, name: "t/open" });
    console.log(pool.stats().threads);
  `);
  t.is(output, "1");
});

test("the simd engine does without it: openssl signs, and batches are its own", async (t) => {
  const output = await printed(`
    const { startPiscinaVerifier } = await import(pools + "piscina-verifier.ts");
    const { loadEngine } = await import(pools + "engine.ts");
    const { generateKeyPair } = await import(pools + "public-key.ts");
    const { SignatureBatchBuilder } = await import(pools + "signature-batch-builder.ts");
    const engine = await loadEngine("simd");
    const { publicKey, secretSeed } = generateKeyPair();
    const builder = new SignatureBatchBuilder();
    for (const message of ["one", "two", "three", "four", "five"]) {
      const signature = engine.sign(Buffer.from(message), secretSeed);
      const at = builder.addSource(Buffer.concat([signature, Buffer.from(message === "two" ? "2" : message)]));
      builder.addCheck(at + 64, at + 64 + (message === "two" ? 1 : message.length), at, publicKey);
    }
    const pool = await startPiscinaVerifier({ engine: "simd", threads: 1, name: "t/simd" });
    console.log((await pool.verify(builder.build().batch)).valid.join(" "));
    await pool.close();
  `);
  t.is(output, "1 0 1 1 1");
});

test("where WebAssembly cannot run the simd engine, one line says what to do", async (t) => {
  const output = await printed(`
    const { loadEngine } = await import(pools + "engine.ts");
    // Node strips types by WebAssembly itself, so this comes after what the engine imports.
    await loadEngine("openssl");
    await import(pools + "simd.ts");
    globalThis.WebAssembly.Module = function () {
      throw new Error("no such instruction\\nwith a second line");
    };
    await loadEngine("simd").catch((error) => console.log(error.message));
  `);
  t.is(output, `WebAssembly's relaxed SIMD is not to be had here (no such instruction); choose engine = "sodium"`);
});
