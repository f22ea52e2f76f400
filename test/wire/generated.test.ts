import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("wire/gen/juno.ts is what buf makes of juno.proto; else run: npm run wire", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "juno-wire-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const template = readFileSync(join(root, "buf.gen.yaml"), "utf8");
  const elsewhere = template.replace("out: wire/gen", `out: ${folder}`);
  t.not(elsewhere, template);
  writeFileSync(join(folder, "buf.gen.yaml"), elsewhere);
  execFileSync(
    process.execPath,
    [join(root, "node_modules/@bufbuild/buf/bin/buf"), "generate", "--template", join(folder, "buf.gen.yaml")],
    // The plugin is started as `node`: it has to be this one.
    {
      cwd: root,
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  t.is(readFileSync(join(folder, "juno.ts"), "utf8"), readFileSync(join(root, "wire/gen/juno.ts"), "utf8"));
});
