/** `juno hopper …` as people run it: as a process, on files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { runJuno, temporaryFolder } from "../../client/juno-process.ts";

/** A folder with these files, removed after the test. */
function folderWith(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  t.teardown(folder.remove);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), text);
  }
  return folder.path;
}

const hopper = (...args: readonly string[]) => runJuno(["hopper", ...args]);

test("check finds what a module uses, and prints paths and hashes", async (t) => {
  const folder = folderWith(t, {
    "shop/till.hop":
      "module shop/till\nuse std/coin (Unit)\nuse shop/goods\nuse price\nfn f (u : Unit) -> Nat = goods.n() + price.n()\n",
    "shop/goods.hop": "module shop/goods\npub fn n () -> Nat = 1\n",
    "shop/price.hop": "module price\npub fn n () -> Nat = 1\n",
  });
  const ended = await hopper("check", "-o", "json", join(folder, "shop/till.hop"));
  t.is(ended.stderr, "");
  t.is(ended.code, 0);
  const [only] = JSON.parse(ended.stdout);
  t.is(only.path, "shop/till");
  t.regex(only.hash, /^[0-9a-f]{64}$/);
});

test("check shows every mistake with its place and ends with 1", async (t) => {
  const folder = folderWith(t, {
    "a.hop": "module a\nfn f () -> Nat = true\nfn g () -> Text = 1\n",
    "b.hop": "module b\nuse a\n",
    "c.hop": "module c\nuse d\n",
    "d.hop": "module d\nuse c\n",
    "e.hop": "module e\n",
  });
  const ended = await hopper("check", ...["a", "b", "c", "e"].map((name) => join(folder, `${name}.hop`)));
  t.is(ended.code, 1);
  t.regex(ended.stdout, /^\S+e\.hop: ok, e #"[0-9a-f]{64}"\n$/);
  t.regex(
    ended.stderr,
    /a\.hop:2:18: error: this is a Bool \[wrong-type\]\n2 \| fn f \(\) -> Nat = true\n {2}\| {18}\^{4}\n/,
  );
  t.regex(ended.stderr, /a\.hop:3:19: error: this is a Nat/);
  t.regex(ended.stderr, /b\.hop: not checked, since it uses what has mistakes: \S*a\.hop/);
  t.regex(ended.stderr, /hint: modules cannot use each other in a ring/);
});

test("a file that is not there ends with 2", async (t) => {
  const ended = await hopper("check", "/nonexistent/a.hop");
  t.deepEqual(ended, { code: 2, stdout: "", stderr: "/nonexistent/a.hop: there is no such file\n" });
});

const counter = `module counter
table n : Text => Nat
command add (of : Text, by : Nat) =
  let before = take n[of] or 0
  put n[of] = before + by
`;

test("test runs tests and laws, and ends with 0 where all hold", async (t) => {
  const text = `${counter}law fine (a, b : Nat) = a + b == b + a\ntest "counts" {\n  call add("x", 2) expect ok\n  check get n["x"] == 2\n}\n`;
  const folder = folderWith(t, { "counter.hop": text });
  const ended = await hopper("test", join(folder, "counter.hop"), "--runs", "30");
  t.is(ended.code, 0);
  t.regex(ended.stdout, /\n {2}ok {4}counts \(\d+ gas\)\n {2}ok {4}law fine \(30 runs\)\n$/);
  t.is(ended.stderr, "1 test by both evaluators, 1 law: all hold\n");
});

test("test shows what fails, laws with their simplest arguments, and ends with 1", async (t) => {
  const text = `${counter}law small (a : Nat, b : Bool) = a < 7\ntest "counts" {\n  call add("x", 2) expect ok\n  check get n["x"] == 3\n}\n`;
  const folder = folderWith(t, { "counter.hop": text });
  const ended = await hopper("test", join(folder, "counter.hop"));
  t.is(ended.code, 1);
  t.regex(ended.stdout, /FAIL {2}counts .*\n.*counter\.hop:9:3: error: does not hold \[test\]\n.*check get n/);
  t.regex(ended.stdout, /error: does not hold for a = 7, b = false \[test\]\n/);
  t.regex(ended.stdout, /again with: juno hopper test \S+counter.hop --seed 1 --runs 100/);
  t.is(ended.stderr, "1 test by both evaluators, 1 law: 2 of them fail\n");
});
