import { chmodSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { ipcPathBytesMax, pathTooLong } from "../../cluster/nng/ipc-path.ts";
import { socketPath } from "../../cluster/socket-path.ts";
import { temporaryFolder } from "./temporary-folder.ts";

// Each test sets TMPDIR, which is the whole process'.
const before = process.env.TMPDIR;
test.afterEach.always(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});

const ofBytes = (bytes: number): string => `/${"a".repeat(bytes - 1)}`;

test.serial("a path that a socket can have stays, by bytes and not by letters", (t) => {
  const longest = ofBytes(ipcPathBytesMax);
  t.is(socketPath(longest), longest);
  t.is(socketPath("relative.sock"), "relative.sock");
  process.env.TMPDIR = temporaryFolder(t);
  t.not(socketPath(`${longest}a`), `${longest}a`);
  const letters = `/${"ü".repeat(ipcPathBytesMax / 2)}`;
  t.true(letters.length < ipcPathBytesMax);
  t.not(socketPath(`${letters}a`), `${letters}a`);
});

test.serial("a longer one gets a short stand-in, always the same, in a folder of this user alone", (t) => {
  const tmp = temporaryFolder(t);
  process.env.TMPDIR = tmp;
  const [a, b] = [ofBytes(200), ofBytes(201)];
  const short = socketPath(a);
  t.is(socketPath(a), short);
  t.not(socketPath(b), short);
  t.false(pathTooLong(short));
  t.is(dirname(short), join(tmp, `juno-${userInfo().uid}`));
  t.is(statSync(dirname(short)).mode & 0o777, 0o700);
});

test.serial("a folder that others may use, or a link in its place, is refused with the mend", (t) => {
  const tmp = temporaryFolder(t);
  process.env.TMPDIR = tmp;
  const folder = join(tmp, `juno-${userInfo().uid}`);
  mkdirSync(folder);
  for (const mode of [0o710, 0o701, 0o720, 0o777]) {
    chmodSync(folder, mode);
    t.throws(() => socketPath(ofBytes(200)), { message: `${folder}: is open to others; remove it, or set TMPDIR` });
  }
  const other = temporaryFolder(t);
  process.env.TMPDIR = other;
  chmodSync(folder, 0o700);
  symlinkSync(folder, join(other, `juno-${userInfo().uid}`));
  t.throws(() => socketPath(ofBytes(200)), { message: /is open to others; remove it, or set TMPDIR$/ });
});

test.serial("a temporary folder that is itself too long is refused with the mend", (t) => {
  process.env.TMPDIR = join(temporaryFolder(t), "t".repeat(100));
  t.throws(() => socketPath(ofBytes(200)), {
    message: new RegExp(`is longer than ${ipcPathBytesMax} bytes; set TMPDIR to a shorter folder$`),
  });
});
