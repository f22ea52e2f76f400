/** A contract's next version on a real cluster, by the `juno` command: whose it is to publish, what is refused, and what stays. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { showReceipt } from "../../client/shown-outcome.ts";
import { encodeContractCommand } from "../../hopper/chain/contract-command.ts";
import { runJuno } from "../client/juno-process.ts";
import { makeCluster } from "./cluster-processes.ts";

const firstOf = (authority: string): string => `module register upgrade by ${authority}
data Entry = Entry { text : Text }
table entries : Text => Entry
table counts : Text => Nat
pub proc seen (name : Text) -> Nat reads counts = get counts[name] else NoCount
pub proc written (name : Text) -> Text reads entries =
  let entry = get entries[name] else NoEntry
  entry.text
command write (name, text : Text) = put entries[name] = Entry(text)
command count (name : Text, n : Nat) = put counts[name] = n
command read (name : Text) = written(name)
command total (name : Text) = seen(name)
`;

const secondOf = (first: string): string =>
  `${first
    .replace("Entry = Entry { text : Text }", "Entry = Entry { text : Text, size : Nat }")
    .replace("= Entry(text)", "= Entry(text, 1)")
    .replace("= seen(name)", "= seen(name) + 100")}data Before = Before { text : Text }
migrate table entries (b : Before) = Entry(b.text, 5)
command size (name : Text) =
  let entry = get entries[name] else NoEntry
  entry.size
`;

const pinnedOf = (hash: string): string => `module reader
use register #"${hash}" (seen, written)
command ask (name : Text) = seen(name)
command quote (name : Text) = written(name)
`;

test("a second version comes in by its authority alone, turns the rows, and leaves the first to those who pin it", async (t) => {
  const cluster = await makeCluster(4, 2);
  t.teardown(() => cluster.dispose());
  for (let node = 0; node < 4; node++) cluster.start(node);
  await cluster.leader();
  const { dir } = cluster.layout;
  const juno = (...args: string[]) => runJuno(["contract", ...args, "--dir", dir]);
  const file = (name: string, text: string): string => {
    const path = join(dir, `${name}.hop`);
    writeFileSync(path, text);
    return path;
  };
  const [bank = "", stranger = ""] = await Promise.all(
    ["0", "1"].map(async (client) => (await juno("who", "--client", client)).stdout.trim()),
  );
  t.not(bank, stranger);
  const source = firstOf(bank);
  const first = file("first", source);
  const second = file("second", secondOf(source));
  const checked = await runJuno(["hopper", "check", first]);
  const hash = /register #"([0-9a-f]{64})"/.exec(checked.stdout)?.[1] ?? "";
  const pinned = file("pinned", pinnedOf(hash));

  const published = await juno("publish", first, pinned);
  t.is(published.code, 0, published.stdout + published.stderr);
  t.true(published.stdout.startsWith(`Published register, version ${hash.slice(0, 16)}, for `), published.stdout);
  const called = async (path: string, call: string, expected: RegExp, ...flags: string[]) => {
    const { stdout, stderr } = await juno("call", path, call, ...flags);
    t.regex(stdout, expected, `${call}: ${stderr}`);
  };
  await Promise.all([
    called(first, 'write("ann", "hello")', /^\(\) for \d+ gas/),
    called(first, 'count("ann", 7)', /^\(\) for \d+ gas/),
  ]);
  await called(first, 'read("ann")', /^"hello" for/);

  const cannot = "Error: module register cannot follow its version before at \\d+:\\d+: ";
  const refusals: readonly (readonly [text: string, expected: RegExp])[] = [
    [
      source.replace("table counts : Text => Nat\n", "").replace(/pub proc seen.*\n|command (count|total).*\n/g, ""),
      new RegExp(`^${cannot}.*\`counts\``),
    ],
    [
      secondOf(source).replace(/migrate .*\n/, ""),
      new RegExp(`^${cannot}the rows of \`entries\` have another type than those stored`),
    ],
    [
      source.replace("= seen(name)", "= written(name)"),
      new RegExp(`^${cannot}the command \`total\` has another signature`),
    ],
    [pinnedOf(hash).replace("seen(name)", "seen(name) + 1"), /^Fault Frozen/],
    [source, /^Fault ModuleExists/],
  ];
  const theft = await juno("publish", second, "--client", "1");
  t.is(theft.code, 1, theft.stderr);
  t.regex(theft.stdout, /^Fault NotSigned/);
  const files = refusals.map(([text], i) => file(`refused${i}`, text));
  const refused = await juno("publish", ...files);
  t.is(refused.code, 1, refused.stderr);
  const lines = refused.stdout.trimEnd().split("\n");
  t.is(lines.length, files.length, refused.stdout);
  for (const [i, [, expected]] of refusals.entries()) t.regex(lines[i] ?? "", expected);
  await called(first, 'read("ann")', /^"hello" for/);

  const upgraded = await juno("publish", second, "-o", "json");
  t.is(upgraded.code, 0, upgraded.stdout + upgraded.stderr);
  const [{ diff, index: upgradedAt }] = JSON.parse(upgraded.stdout);
  const turned = {
    key: 'register.entries["ann"]',
    before: 'Entry { text = "hello" }',
    after: 'Entry { text = "hello", size = 5 }',
  };
  t.deepEqual(diff, [turned]);

  const client = await cluster.client();
  t.teardown(() => client.close());
  const byHash = async (command: string, ...args: string[]): Promise<string> => {
    const call = { kind: "call", module: hash, command, args, gasLimit: 100_000, expect: [] } as const;
    return showReceipt(await client.send(encodeContractCommand(call))).text;
  };
  await Promise.all([
    called(second, 'read("ann")', /^"hello" for/),
    called(second, 'size("ann")', /^5 for/),
    called(second, 'total("ann")', /^107 for/),
    called(pinned, 'ask("ann")', /^7 for/, "--with", first),
    called(pinned, 'quote("ann")', /^Fault TableMigrated/, "--with", first),
  ]);
  // "ann" in CBOR: a text of three bytes.
  t.regex(await byHash("total", "\x63ann"), /^7 for \d+ gas/);
  t.regex(await byHash("read", "\x63ann"), /^Fault TableMigrated/);

  const before = await cluster.agreement();
  for (let node = 0; node < 4; node++) await cluster.end(node, "SIGKILL");
  for (let node = 0; node < 4; node++) cluster.start(node);
  const after = await cluster.agreement();
  t.true(after.appliedIndex >= before.appliedIndex);
  t.is(after.stateHash, before.stateHash);
  await called(second, 'size("ann")', /^5 for/);
  t.regex(await byHash("total", "\x63ann"), /^7 for \d+ gas/);
  t.regex(await byHash("read", "\x63ann"), /^Fault TableMigrated/);

  await cluster.agreement();
  for (let node = 0; node < 4; node++) await cluster.end(node, "SIGTERM");
  const store = join(cluster.layout.nodes[3]?.dir ?? "", "data");
  const query = (...flags: string[]) =>
    juno("query", "--ledger", store, "register", 'get entries["ann"]', "--genesis", cluster.layout.genesis, ...flags);
  const [latest, early] = await Promise.all([query(), query("--at", String(upgradedAt - 1))]);
  t.regex(latest.stdout, /^Entry \{ text = "hello", size = 5 \} for/, latest.stderr);
  t.regex(early.stdout, /^Entry \{ text = "hello" \} for/, early.stderr);
});
