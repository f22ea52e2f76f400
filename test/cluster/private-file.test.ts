import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { readPrivateFile, writePrivateFile } from "../../cluster/private-file.ts";
import { accepted, reasonOf } from "./reason-of.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("a written file is its owner's only whatever the umask, and reads back", (t) => {
  const folder = temporaryFolder(t);
  for (const [i, umask] of [0o000, 0o022, 0o277].entries()) {
    const path = join(folder, `${i}`);
    const before = process.umask(umask);
    try {
      accepted(writePrivateFile(path, "secret\n"));
    } finally {
      process.umask(before);
    }
    t.is(statSync(path).mode & 0o7777, 0o600);
    t.is(accepted(readPrivateFile(path)), "secret\n");
  }
});

test("nothing is written over, and a folder that is not there is named", (t) => {
  const path = join(temporaryFolder(t), "key");
  accepted(writePrivateFile(path, "first"));
  t.is(reasonOf(writePrivateFile(path, "second")), `${path}: it exists already; choose another path`);
  t.is(readFileSync(path, "utf8"), "first");
  t.is(
    reasonOf(writePrivateFile(`${path}.d/key`, "x")),
    `${path}.d/key: there is no such file or folder; choose another path`,
  );
});

for (const mode of [0o640, 0o604, 0o620, 0o601, 0o660, 0o644, 0o777]) {
  test(`mode ${mode.toString(8)} is refused, with the command that mends it`, (t) => {
    const path = join(temporaryFolder(t), "key");
    writeFileSync(path, "secret");
    chmodSync(path, mode);
    const shown = mode.toString(8);
    t.is(
      reasonOf(readPrivateFile(path)),
      `${path}: others can use this secret (mode ${shown}); run: chmod 600 ${path}`,
    );
    execFileSync("chmod", ["600", path]);
    t.is(accepted(readPrivateFile(path)), "secret");
  });
}

test("modes 600, 400 and 700 are fine", (t) => {
  for (const mode of [0o600, 0o400, 0o700]) {
    const path = join(temporaryFolder(t), "key");
    writeFileSync(path, "secret");
    chmodSync(path, mode);
    t.true(readPrivateFile(path).ok);
  }
});

test("what is no file is refused, and a pipe does not hang", (t) => {
  const folder = temporaryFolder(t);
  const [directory, pipe, link] = ["d", "p", "l"].map((name) => join(folder, name)) as [string, string, string];
  mkdirSync(directory, { mode: 0o700 });
  execFileSync("mkfifo", ["-m", "600", pipe]);
  symlinkSync(join(folder, "nothing"), link);
  t.is(reasonOf(readPrivateFile(directory)), `${directory}: is not a file; correct the path`);
  t.is(reasonOf(readPrivateFile(pipe)), `${pipe}: is not a file; correct the path`);
  t.regex(reasonOf(readPrivateFile(link)), /\/l: there is no such file or folder; correct the path, or make/);
});

test("of a link, the mode of the file counts", (t) => {
  const folder = temporaryFolder(t);
  const [path, link] = [join(folder, "key"), join(folder, "link")];
  accepted(writePrivateFile(path, "secret"));
  symlinkSync(path, link);
  t.is(accepted(readPrivateFile(link)), "secret");
  chmodSync(path, 0o644);
  t.false(readPrivateFile(link).ok);
});

test("64 KiB are read, a byte more is no key file", (t) => {
  const folder = temporaryFolder(t);
  for (const [bytes, taken] of [
    [65_535, true],
    [65_536, true],
    [65_537, false],
  ] as const) {
    const path = join(folder, `${bytes}`);
    accepted(writePrivateFile(path, "x".repeat(bytes)));
    t.is(readPrivateFile(path).ok, taken, `${bytes}`);
  }
});
