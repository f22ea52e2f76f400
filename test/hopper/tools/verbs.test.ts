/** `juno hopper …` as people run it: as a process, on files. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

test("check tells programs where mistakes are", async (t) => {
  const folder = folderWith(t, { "a.hop": 'module a\nfn f () -> Nat =\n  "日"\n' });
  const ended = await hopper("check", "-o", "ndjson", join(folder, "a.hop"));
  t.is(ended.code, 1);
  t.is(ended.stderr, "");
  const { file, ok, mistakes } = JSON.parse(ended.stdout);
  t.deepEqual([file, ok], [join(folder, "a.hop"), false]);
  t.deepEqual(mistakes, [
    {
      code: "wrong-type",
      message: "this is a Text",
      line: 3,
      column: 3,
      endLine: 3,
      endColumn: 6,
      expected: "Nat",
      hint: null,
    },
  ]);
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

test("test of a file with mistakes shows them, and claims nothing", async (t) => {
  const folder = folderWith(t, { "a.hop": "module a\nfn f () -> Nat = true\n" });
  const ended = await hopper("test", join(folder, "a.hop"));
  t.deepEqual([ended.code, ended.stdout], [1, ""]);
  t.regex(ended.stderr, /^\S+a\.hop:2:18: error: /);
  t.notRegex(ended.stderr, /hold/);
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

test("run carries out one command and shows what it did", async (t) => {
  const folder = folderWith(t, { "counter.hop": counter });
  const file = join(folder, "counter.hop");
  const [plain, whole, failed, wrong] = await Promise.all([
    hopper("run", file, "add", '"x"', "1 + 1"),
    hopper("run", file, 'add("x", n)', "--first", "let n = 3", "--first", 'add("x", 4)', "--as", "alice"),
    hopper("run", file, "add", '"x"', "1 - 2"),
    hopper("run", file, "add", '"x"'),
  ]);
  t.regex(plain.stdout, /^\(\) : \(\)\n {2}\+ counter\.n\["x"\] = 2\n {2}\d+ gas\n$/);
  t.is(plain.code, 0);
  t.regex(whole.stdout, /- counter\.n\["x"\] = 4\n {2}\+ counter\.n\["x"\] = 7\n/);
  t.deepEqual([failed.code, failed.stderr], [2, "an expression here fails with Negative\n"]);
  t.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  t.regex(wrong.stderr, /^line:1:1: error: add takes 2 arguments, and here are 1/);
});

test("run shows a fault and ends with 1", async (t) => {
  const call = 'transfer(Unit(key("b"), "X"), main(key("a")), main(key("b")), 5)';
  const source = readFileSync(new URL("../../../hopper/std/coin.hop", import.meta.url), "utf8");
  const folder = folderWith(t, { "coin.hop": source });
  const file = join(folder, "coin.hop");
  const [unsigned, signed] = await Promise.all([hopper("run", file, call), hopper("run", file, call, "--as", "a")]);
  t.deepEqual([unsigned.code, signed.code], [1, 1]);
  t.regex(unsigned.stdout, /^failed with NotSigned\n/);
  t.regex(signed.stdout, /^failed with NoAccount in withdraw\n {2}\d+ gas\n$/);
});

test("cost tells calls, median and worst gas, and the rows written", async (t) => {
  const calls = ["1", "2", "3"].map((n) => `  call add("x", ${n}) expect ok\n`).join("");
  const folder = folderWith(t, {
    "counter.hop": `${counter}test "three" {\n${calls}  call add("x", 1) expect ok\n}\n`,
  });
  const file = join(folder, "counter.hop");
  const [table, json] = await Promise.all([hopper("cost", file), hopper("cost", file, "-o", "json")]);
  t.regex(
    table.stdout,
    /^command +calls +faults .*\ncounter\.add +4 +0 +\d+ +\d+ {2}counter\.n 1 row \d+% +three\nby cost table [0-9a-f]{64}\n$/,
  );
  const [only] = JSON.parse(json.stdout);
  t.true(only.medianGas > 0 && only.medianGas <= only.worstGas);
  t.is(only.tables[0].table, "counter.n");
  t.true(only.tables[0].part > 0 && only.tables[0].part < 1);
});

test("the prompt reads lines from a pipe, and shows each with what became of it", async (t) => {
  const folder = folderWith(t, { "counter.hop": counter, "other.hop": "module other\nfn one () -> Nat = 1\n" });
  const lines = [
    "let k = 2",
    ":t add",
    ':as alice, atLeast(1, [key("bob")])',
    'add("x",',
    "  k + 1)",
    'get n["x"]',
    ":undo",
    ":state",
    ":at 1970-01-01T00:01Z",
    "now",
    "-- a remark",
    `:load ${join(folder, "other.hop")}`,
    "one()",
    "one(",
  ];
  const ended = await runJuno(["hopper", "repl", join(folder, "counter.hop")], { input: lines.join("\n") });
  t.is(ended.stderr, "");
  const said = ended.stdout.replaceAll(/ {2}\d+ gas\n/g, "").replaceAll(folder, "");
  t.is(
    said,
    [
      "hopper> let k = 2",
      "2 : Nat",
      "hopper> :t add",
      "command add (of : Text, by : Nat) -> ()",
      'hopper> :as alice, atLeast(1, [key("bob")])',
      'signed by key("alice"), atLeast(1, [key("bob")])',
      'hopper> add("x",',
      "   ...>   k + 1)",
      "() : ()",
      '  + counter.n["x"] = 3',
      'hopper> get n["x"]',
      "3 : Nat",
      "hopper> :undo",
      "undone",
      '  - counter.n["x"] = 3',
      "hopper> :state",
      "no rows",
      "hopper> :at 1970-01-01T00:01Z",
      "at 1970-01-01T00:01Z",
      "hopper> now",
      "60000 : Time",
      "hopper> -- a remark",
      "hopper> :load /other.hop",
      "loaded /other.hop, nothing has happened",
      "hopper> one()",
      "1 : Nat",
      "hopper> one(",
      "",
    ].join("\n") + said.slice(said.lastIndexOf("hopper> one(\n") + "hopper> one(\n".length),
  );
  t.regex(said, /hopper> one\(\nline:1:\d+: error: /);
  t.is(ended.code, 1);
});

test("a prompt whose lines all hold ends with 0, and one without its file with 2", async (t) => {
  const [fine, missing] = await Promise.all([
    runJuno(["hopper", "repl"], { input: "1 + 2\n:quit\nwrong\n" }),
    hopper("repl", "/nonexistent/a.hop"),
  ]);
  t.deepEqual(fine, { code: 0, stdout: "hopper> 1 + 2\n3 : Nat\n  107 gas\nhopper> :quit\n", stderr: "" });
  t.deepEqual([missing.code, missing.stderr], [2, "/nonexistent/a.hop: there is no such file\n"]);
});

test("fmt lays files out and names what it changed; with --check it changes nothing and ends with 1", async (t) => {
  const untidy = "module a\nfn f( n:Nat )->Nat=n+1\n";
  const folder = folderWith(t, { "a.hop": untidy, "b.hop": "module b\n", "c.hop": "module c ?\n" });
  const [a, b, c] = ["a.hop", "b.hop", "c.hop"].map((name) => join(folder, name));
  const checked = await hopper("fmt", "--check", a ?? "", b ?? "");
  t.is(checked.code, 1);
  t.is(checked.stdout, `${a}\n`);
  t.is(readFileSync(a ?? "", "utf8"), untidy);
  t.is((await hopper("fmt", a ?? "", b ?? "")).stdout, `${a}\n`);
  t.is(readFileSync(a ?? "", "utf8"), "module a\nfn f (n : Nat) -> Nat = n + 1\n");
  const again = await hopper("fmt", "--check", a ?? "", b ?? "");
  t.deepEqual([again.code, again.stdout], [0, ""]);
  const wrong = await hopper("fmt", c ?? "");
  t.is(wrong.code, 1);
  t.regex(wrong.stderr, /c\.hop has characters that begin nothing/);
  t.is((await hopper("fmt", join(folder, "d.hop"))).code, 2);
});
