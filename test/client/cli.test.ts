import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { runJuno, temporaryFolder, writeClientFiles } from "./juno-process.ts";
import { type Manner, startTestCluster } from "./test-cluster.ts";

function folderOf(t: ExecutionContext): string {
  const folder = temporaryFolder();
  t.teardown(folder.remove);
  return folder.path;
}

async function clientOf(t: ExecutionContext, manners: readonly Manner[]): Promise<string> {
  const cluster = await startTestCluster(manners);
  t.teardown(cluster.close);
  return writeClientFiles(folderOf(t), cluster);
}

const fourHonest: readonly Manner[] = ["honest", "honest", "honest", "honest"];

for (const [title, args, stderr] of [
  ["an unknown verb", ["sned"], /No command registered for `sned`, did you mean `send`\?/],
  ["an unknown flag", ["up", "--frobnicate"], /No flag registered for --frobnicate/],
  ["a missing argument", ["send"], /Expected at least 1 argument/],
  ["a missing flag", ["start"], /Expected input for flag --config/],
  ["a number out of range", ["up", "-n", "0"], /must be a whole number from 1 to 32/],
  ["a word for a number", ["init", "-n", "four"], /must be a whole number from 1 to 32/],
  ["a form that does not exist", ["status", "-o", "xml"], /table/],
  ["a time that is none", ["send", "--timeout", "soon", "ObserveAccounts"], /must be seconds/],
  [
    "a command with a typo",
    ["send", "CreatAccount A"],
    /^CreatAccount A\n\^\nParse error at character 1.*\ndid you mean CreateAccount\?\n$/,
  ],
  ["a folder without a cluster", ["status", "--dir", "/nonexistent"], /there is no cluster.*juno init/],
  ["a prompt without a cluster", ["repl", "--dir", "/nonexistent"], /there is no cluster.*juno init/],
  ["a configuration that is not there", ["start", "--config", "/nonexistent/config.toml"], /no such file.*juno init/],
  ["a setting without a value", ["start", "--config", "x", "--set", "log.level"], /write section\.key=value/],
  ["a ledger that is not there", ["audit", "/nonexistent", "--genesis", "/nonexistent"], /--genesis FILE/],
] as const) {
  test(`${title} ends with 2 and a line on stderr`, async (t) => {
    const ended = await runJuno(args);
    t.is(ended.code, 2);
    t.is(ended.stdout, "");
    t.regex(ended.stderr, stderr);
  });
}

test("help shows an example first, and every verb", async (t) => {
  const [all, ...verbs] = await Promise.all(
    [[], ["up"], ["send"], ["audit"], ["config", "check"]].map((verb) => runJuno([...verb, "--help"])),
  );
  t.is(all?.code, 0);
  t.regex(all?.stdout ?? "", /Example: {2}juno up -n 4/);
  for (const verb of ["up", "repl", "send", "status", "audit", "init", "start", "config", "keys", "version"]) {
    t.regex(all?.stdout ?? "", new RegExp(`^ {2}${verb} `, "m"));
  }
  t.deepEqual(
    verbs.map(({ stdout }) => stdout.split("\n")[1]),
    [
      "  juno up -n 4",
      '  juno send "CreateAccount Acct1" "AdjustAccount Acct1 100%1"',
      "  juno audit juno-data/node0/data",
      "  juno config check juno-data/node0/config.toml",
    ],
  );
});

test("version tells the package's, in every form", async (t) => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const [text, json, flag] = await Promise.all(
    [["version"], ["version", "-o", "ndjson"], ["--version"]].map((args) => runJuno(args)),
  );
  t.true(text?.stdout.startsWith(`juno ${version} (Node v`));
  t.is(JSON.parse(json?.stdout ?? "").juno, version);
  t.is(flag?.stdout, `${version}\n`);
});

test("send prints results in order and ends with 0", async (t) => {
  const config = await clientOf(t, fourHonest);
  const ended = await runJuno([
    "send",
    "--config",
    config,
    "CreateAccount Acct1",
    "AdjustAccount Acct1 5%1",
    "ObserveAccount Acct1",
  ]);
  t.deepEqual(ended, {
    code: 0,
    stdout: 'Created Account: "Acct1"\nAdjusted Account "Acct1" by 5 % 1\nJust (5 % 1)\n',
    stderr: "",
  });
});

test("send -o json gives request, index, ok, text and diff; a refused command ends with 1", async (t) => {
  const config = await clientOf(t, fourHonest);
  const ended = await runJuno(["send", "--config", config, "-o", "json", "CreateAccount Acct1", "CreateAccount Acct1"]);
  t.is(ended.code, 1);
  const [first, second] = JSON.parse(ended.stdout);
  t.true(Number.isSafeInteger(first.request));
  t.true(first.request < second.request);
  t.deepEqual(
    { ...first, request: 0 },
    {
      request: 0,
      index: 1,
      ok: true,
      text: 'Created Account: "Acct1"',
      diff: [{ key: "Acct1", before: null, after: "0%1" }],
    },
  );
  t.deepEqual({ ...second, request: 0 }, { request: 0, index: 2, ok: false, text: "Account Already Exists", diff: [] });
});

test("send that is not answered in time ends with 4 and names the request", async (t) => {
  const config = await clientOf(t, ["silent", "silent", "silent", "silent"]);
  const args = ["send", "--config", config, "--timeout", "0.7", "CreateAccount A", "CreateAccount B"];
  const [text, json] = await Promise.all([runJuno(args), runJuno([...args, "-o", "ndjson"])]);
  t.is(text.code, 4);
  t.is(text.stdout, "");
  t.regex(
    text.stderr,
    /^no agreement in time: command 1 \(request \d{16}\) may still take effect; 1 more were not sent\. Next: juno status\n$/,
  );
  t.is(json.code, 4);
  const [line = ""] = json.stdout.split("\n");
  t.true(JSON.parse(line).pending);
});

test("init writes a cluster whose files hold, and writes over nothing", async (t) => {
  const dir = join(folderOf(t), "cluster");
  const args = ["init", "-n", "2", "--clients", "1", "--base-port", "0", "--dir", dir];
  const made = await runJuno(args);
  t.is(made.code, 0);
  const files = made.stdout.trim().split("\n");
  t.deepEqual(
    files,
    ["genesis.json", "node0/config.toml", "node1/config.toml", "client0/config.toml"].map((file) => join(dir, file)),
  );
  const [node, client, again, keys, print] = await Promise.all([
    runJuno(["config", "check", join(dir, "node0/config.toml")]),
    runJuno(["config", "check", join(dir, "client0/config.toml")]),
    runJuno(args),
    runJuno(["keys", "show", join(dir, "node0/key.pem")]),
    runJuno(["config", "print", join(dir, "node0/config.toml"), "--set", "log.level=warn"]),
  ]);
  t.is(node.stdout, `${join(dir, "node0/config.toml")}: ok\n`);
  t.is(client.code, 0);
  t.is(again.code, 2);
  t.regex(again.stderr, /is there already/);
  t.is(keys.stdout.trim(), JSON.parse(readFileSync(join(dir, "genesis.json"), "utf8")).validators[0].publicKey);
  t.regex(print.stdout, /level = "warn"/);
  copyFileSync(join(dir, "node0/config.toml"), join(dir, "node1/config.toml"));
  writeFileSync(
    join(dir, "client0/config.toml"),
    readFileSync(join(dir, "client0/config.toml"), "utf8").replace("id = 0", "id = 9"),
  );
  const [wrongNode, wrongClient] = await Promise.all(
    ["node1", "client0"].map((member) => runJuno(["config", "check", join(dir, member, "config.toml")])),
  );
  t.is(wrongNode?.code, 2);
  t.regex(wrongNode?.stderr ?? "", /public key/);
  t.is(wrongClient?.code, 2);
});

test("status of a cluster that is down ends with 1, with a row for each node", async (t) => {
  const dir = join(folderOf(t), "cluster");
  await runJuno(["init", "-n", "2", "--base-port", "0", "--dir", dir]);
  const [table, json, up] = await Promise.all([
    runJuno(["status", "--dir", dir]),
    runJuno(["status", "--dir", dir, "-o", "json"]),
    runJuno(["up", "--dir", dir, "-n", "3"]),
  ]);
  t.is(table.code, 1);
  t.regex(table.stdout, /^NODE .*\nnode0 .*down.*\nnode1 .*down/);
  t.regex(table.stderr, /no node answers\. Next: juno up/);
  t.is(json.code, 1);
  t.deepEqual(
    JSON.parse(json.stdout).map(({ name, up: answers }: { name: string; up: boolean }) => [name, answers]),
    [
      ["node0", false],
      ["node1", false],
    ],
  );
  t.is(up.code, 2);
  t.regex(up.stderr, /has 2 nodes; leave --nodes out/);
});

test("keys new makes a key that keys show reads, once", async (t) => {
  const file = join(folderOf(t), "key.pem");
  const made = await runJuno(["keys", "new", file]);
  t.regex(made.stdout, /^[0-9a-f]{64}\n$/);
  const [shown, again] = await Promise.all([runJuno(["keys", "show", file]), runJuno(["keys", "new", file])]);
  t.is(shown.stdout, made.stdout);
  t.is(again.code, 1);
});
