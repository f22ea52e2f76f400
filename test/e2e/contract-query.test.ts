/** Questions to a real cluster: answered without the log, while it stands still and while it grows, with f nodes away. */
import { join } from "node:path";
import test from "ava";
import { runJuno } from "../client/juno-process.ts";
import { makeCluster } from "./cluster-processes.ts";

test("what contracts hold is asked of the running cluster", async (t) => {
  const cluster = await makeCluster(4, 2);
  t.teardown(() => cluster.dispose());
  for (let node = 0; node < 4; node++) cluster.start(node);
  await cluster.leader();
  const { dir } = cluster.layout;
  const juno = (...args: string[]) => runJuno(["contract", ...args, "--dir", dir]);
  const query = (...args: string[]) => juno("query", ...args);
  const bank = (await juno("who")).stdout.trim();
  t.is((await juno("publish", "std/coin")).code, 0);
  const issued = await juno("call", "std/coin", `issue(Unit(${bank}, "USD"), main(${bank}), 100)`, "-o", "json");
  const [{ index }] = JSON.parse(issued.stdout);

  const balance = `(get purse[Unit(${bank}, "USD"), main(${bank})]).amount`;
  const asked = await query("std/coin", balance, "--at-least", String(index));
  t.is(asked.code, 0, asked.stderr);
  t.regex(asked.stdout, /^100 for \d+ gas\n {2}at index \d+, say validators \d and \d/);
  const [answer] = JSON.parse((await query("std/coin", balance, "-o", "json", "--client", "1")).stdout);
  t.true(answer.ok && answer.index >= index && answer.validators.length >= 2);
  t.regex(answer.text, /^100 for \d+ gas$/);

  const wrong = await query("std/coin", "1 +");
  t.is(wrong.code, 1);
  t.regex(wrong.stdout, /^Error: the query does not check at 1:4: /);
  t.regex(
    (await query("std/none", "1")).stdout,
    /^Error: no module std\/none is published; there are: demo\/juno, std\/coin\n/,
  );
  t.regex(
    (await query("std/coin", `deposit(main(${bank}), Coin(Unit(${bank}, "USD"), 1))`)).stdout,
    /^Fault QueryWrites/,
  );
  const endless = "for i in range(1000), n = 0 { for j in range(1000), m = n { m + j } }";
  t.regex((await query("std/coin", endless)).stdout, /^Fault OutOfGas/);
  const long = await query("std/coin", `"${"x".repeat(9000)}"`);
  t.deepEqual([long.code, long.stderr], [2, "a question of 9011 bytes is longer than 8192; split it\n"]);
  const mixed = await query("std/coin", "1", "--at", "3");
  t.is(mixed.code, 2);
  t.regex(mixed.stderr, /--at and --genesis are for a ledger file: give it by --ledger/);
  const future = await query("std/coin", "1", "--at-least", "1000000", "--timeout", "1");
  t.is(future.code, 4);
  t.regex(future.stderr, /^no answer: timed out/m);

  // One node is away, and the log grows all the while.
  await cluster.end(3, "SIGKILL");
  const flood = runJuno(["repl", "--dir", dir], {
    input: "CreateAccount Acct1\nCreateAccount Acct2\nAdjustAccount Acct1 100000%1\nmany test:6000\n",
  });
  const places: number[] = [];
  for (let i = 0; i < 6; i++) {
    const told = await query("std/coin", balance, "-o", "json", "--client", "1");
    t.is(told.code, 0, told.stderr);
    const [one] = JSON.parse(told.stdout);
    t.regex(one.text, /^100 for/);
    places.push(one.index);
  }
  t.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  t.regex((await flood).stdout, /Completed in/);
  t.true((places.at(-1) ?? 0) > index);
  t.regex((await query("demo/juno", 'get balances["Acct2"]')).stdout, /^6000%1 for/);

  for (let node = 0; node < 3; node++) await cluster.end(node, "SIGTERM");
  const store = join(cluster.layout.nodes[0]?.dir ?? "", "data");
  const of = await query("--ledger", store, "--at", String(index - 1), "std/coin", balance);
  t.regex(of.stdout, /^Fault Missing/, of.stderr);
  t.regex((await query("--ledger", store, "std/coin", balance)).stdout, /^100 for \d+ gas\n {2}at index \d+\n$/);
});
