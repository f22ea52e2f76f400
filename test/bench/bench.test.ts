import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";

const root = fileURLToPath(new URL("../..", import.meta.url));

// What it does in a checkout is in test/e2e/bench-verbs.test.ts and bench-stops.test.ts.
test("without its folder, as in the package, juno bench says that it needs a checkout", (t) => {
  const copy = mkdtempSync(join(tmpdir(), "juno-bench-test-"));
  t.teardown(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(join(root, "client"), join(copy, "client"), { recursive: true });
  for (const name of ["wire", "pools", "cluster", "hopper", "ledger", "node_modules", "package.json"]) {
    symlinkSync(join(root, name), join(copy, name));
  }
  const entry = join(copy, "client", "juno.ts");
  const { status, stderr } = spawnSync(process.execPath, [entry, "bench", "first"], { encoding: "utf8" });
  t.is(status, 2);
  t.is(stderr, "juno bench needs a checkout of the repository: there, npm run juno -- bench\n");
});
