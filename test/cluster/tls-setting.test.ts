import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readTls } from "../../cluster/tls-setting.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

function files(t: ExecutionContext) {
  const folder = temporaryFolder(t);
  const paths = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem"), ca: join(folder, "ca.pem") };
  for (const [name, path] of Object.entries(paths)) writeFileSync(path, `the ${name}`, { mode: 0o600 });
  return paths;
}

test("the three files are read, each in its place", (t) => {
  t.deepEqual(accepted(readTls(files(t))), { cert: "the cert", key: "the key", ca: "the ca" });
});

test("a key that others can read is refused; certificates are for everybody", (t) => {
  const paths = files(t);
  for (const path of [paths.cert, paths.ca]) chmodSync(path, 0o644);
  t.true(readTls(paths).ok);
  chmodSync(paths.key, 0o640);
  t.is(reasonOf(readTls(paths)), `${paths.key}: others can use this secret (mode 640); run: chmod 600 ${paths.key}`);
});

for (const name of ["cert", "ca", "key"] as const) {
  test(`a missing ${name} is named with its path`, (t) => {
    const paths = files(t);
    const reason = reasonOf(readTls({ ...paths, [name]: `${paths[name]}.not` }));
    t.true(reason.includes(`${paths[name]}.not: there is no such file or folder; correct the path`), reason);
  });
}

for (const name of ["cert", "ca"] as const) {
  test(`a folder for the ${name} is named`, (t) => {
    const paths = files(t);
    const folder = temporaryFolder(t);
    t.is(reasonOf(readTls({ ...paths, [name]: folder })), `[tls]: ${folder}: it is a folder; correct the path`);
  });
}
