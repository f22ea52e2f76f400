/** Contracts on a real cluster, by the `juno` command: published, called, refused, and the same after every node was killed. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { runJuno } from "../client/juno-process.ts";
import { eventually, makeCluster } from "./cluster-processes.ts";

const fileOf = (name: string): string => fileURLToPath(new URL(`../../hopper/${name}`, import.meta.url));
const coin = fileOf("std/coin.hop");
const escrow = fileOf("demo/escrow.hop");

test("a coin is published, issued and moved by whom it belongs to; an escrow uses it; a restart replays it all", async (t) => {
  const cluster = await makeCluster(4, 2);
  t.teardown(() => cluster.dispose());
  for (let node = 0; node < 4; node++) cluster.start(node);
  await cluster.leader();
  const dir = ["--dir", cluster.layout.dir];
  const juno = async (...args: string[]) => {
    const { code, stdout, stderr } = await runJuno(["contract", ...args, ...dir]);
    return { code, stdout, stderr };
  };
  const [bank, alice] = await Promise.all(
    ["0", "1"].map(async (client) => (await juno("who", "--client", client)).stdout.trim()),
  );
  t.regex(bank ?? "", /^key\("[0-9a-f]{64}"\)$/);
  const usd = `Unit(${bank}, "USD")`;

  const published = await juno("publish", coin, escrow);
  t.is(published.code, 0, published.stderr);
  t.regex(published.stdout, /^Published std\/coin, version [0-9a-f]{16}, for \d+ gas\nPublished demo\/escrow/);
  const issued = await juno("call", coin, `issue(${usd}, main(${alice}), 100)`);
  t.is(issued.code, 0, issued.stderr);
  const stolen = await juno("call", coin, `transfer(${usd}, main(${alice}), main(${bank}), 1)`);
  t.is(stolen.code, 1);
  t.regex(stolen.stdout, /^Fault NotSigned, for \d+ gas/);
  const moved = await juno(
    "call",
    coin,
    `transfer(${usd}, main(${alice}), main(${bank}), 30)`,
    "--client",
    "1",
    "-o",
    "json",
  );
  t.is(moved.code, 0, moved.stderr);
  const [{ diff, index: movedAt }] = JSON.parse(moved.stdout);
  t.deepEqual(diff.map(({ after }: { after: string }) => /amount = (\d+)/.exec(after)?.[1]).toSorted(), ["30", "70"]);
  const fund = (id: string, due: string): string =>
    `fund(id(0x"${id}"), ${alice}, ${bank}, key("arbiter"), ${usd}, 20, ${due})`;
  const inEscrow = (call: string) => juno("call", escrow, call, "--with", coin, "--client", "1");
  for (const call of [fund("01", "2999-01-01T00:00Z"), fund("02", "2026-01-01T00:00Z")]) {
    const funded = await inEscrow(call);
    t.is(funded.code, 0, funded.stderr);
  }
  await eventually("the validators' clocks to agree on a time", async () =>
    (await inEscrow('expire(id(0x"02"))')).code === 0 ? true : undefined,
  );
  t.regex((await inEscrow('expire(id(0x"01"))')).stdout, /^Fault NotDue/);
  const wrong = await juno("call", coin, "transfr(1)");
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /^call:1:1: error: .*\n1 \| transfr\(1\)\n/);

  // An account of two needs both, on one command; a signer's expectation holds whatever the program does.
  const both = `atLeast(2, [${bank}, ${alice}])`;
  t.is((await juno("call", coin, `issue(${usd}, main(${both}), 7)`)).code, 0);
  const payment = `transfer(${usd}, main(${both}), main(${alice}), 3)`;
  t.regex((await juno("call", coin, payment)).stdout, /^Fault NotSigned/);
  const publicKeys = await Promise.all(
    cluster.layout.clients.map(async ({ dir: folder }) => {
      return (await runJuno(["keys", "show", join(folder, "key.pem")])).stdout.trim();
    }),
  );
  const file = join(cluster.layout.dir, "pay.json");
  const written = await juno("call", coin, payment, "--keys", publicKeys.join(","), "--until", "100000", "--out", file);
  t.is(written.code, 0, written.stderr);
  t.regex((await juno("submit", file)).stderr, /not all of its keys have signed it yet/);
  for (const client of ["0", "1"]) {
    const signed = await juno("sign", file, "--client", client);
    t.regex(
      signed.stdout,
      /^Signed: std\/coin\.transfer\(u = Unit \{.*, n = 3\) for at most 100000 gas\n/,
      signed.stderr,
    );
  }
  t.is((await juno("submit", file)).code, 0);
  t.regex((await juno("submit", file)).stdout, /^Error: this command has run before/);
  const expecting = (least: number) =>
    juno(
      "call",
      coin,
      `transfer(${usd}, main(${alice}), main(${bank}), 3)`,
      "--client",
      "1",
      "--expect",
      `std/coin.purse[${usd}, main(${alice})] >= ${least}`,
    );
  t.regex((await expecting(-2)).stdout, /^Fault ExpectViolated/);
  t.is((await expecting(-3)).code, 0);
  t.regex((await juno("policy", alice ?? "", bank ?? "")).stdout, /^Fault NotSigned/);
  t.regex((await juno("policy", alice ?? "", bank ?? "", "--client", "1")).stdout, /^Policy set for \d+ gas/);
  const by = (client: string) =>
    juno("call", coin, `transfer(${usd}, main(${alice}), main(${bank}), 0)`, "--client", client);
  t.regex((await by("1")).stdout, /^Fault NotSigned/);
  t.is((await by("0")).code, 0);

  const before = await cluster.agreement();
  for (let node = 0; node < 4; node++) await cluster.end(node, "SIGKILL");
  for (let node = 0; node < 4; node++) cluster.start(node);
  const after = await cluster.agreement();
  t.true(after.appliedIndex >= before.appliedIndex);
  t.regex((await inEscrow('expire(id(0x"02"))')).stdout, /^Fault NoEscrow/);
  t.regex((await inEscrow('expire(id(0x"01"))')).stdout, /^Fault NotDue/);
  for (let node = 0; node < 4; node++) await cluster.end(node, "SIGTERM");
  const store = join(cluster.layout.nodes[1]?.dir ?? "", "data");
  const audited = await runJuno(["audit", store, "--genesis", cluster.layout.genesis]);
  t.is(audited.code, 0, audited.stderr);
  const query = (module: string, expression: string, ...flags: string[]) =>
    juno("query", "--ledger", store, module, expression, "--genesis", cluster.layout.genesis, ...flags);
  const balance = `get purse[${usd}, main(${alice})].amount`;
  const shown = await query("std/coin", balance);
  t.is(shown.code, 0, shown.stderr);
  t.regex(shown.stdout, /^50 for \d+ gas\n {2}at index \d+\n$/);
  t.regex((await query("std/coin", balance, "--at", String(movedAt - 1))).stdout, /^100 for/);
  const early = await query("std/coin", balance, "--at", "1");
  t.is(early.code, 1);
  t.regex(early.stdout, /^Error: no module std\/coin is published|^Fault Missing/);
  const taking = await query("std/coin", `deposit(main(${alice}), Coin(${usd}, 1))`);
  t.is(taking.code, 1);
  t.regex(taking.stdout, /^Fault QueryWrites in deposit/);
  t.regex((await query("std/none", "1")).stdout, /there are: demo\/escrow, demo\/juno, std\/coin/);
  t.regex((await query("std/coin", "1", "--at", "999999")).stderr, /index 999999 is not committed in this ledger/);
});
