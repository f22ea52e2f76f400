import test, { type ExecutionContext } from "ava";
import { runJuno, temporaryFolder, writeClientFiles } from "./juno-process.ts";
import { type Manner, startTestCluster, type TestCluster } from "./test-cluster.ts";

async function setUp(
  t: ExecutionContext,
  manners: readonly Manner[],
): Promise<{ cluster: TestCluster; config: string }> {
  const cluster = await startTestCluster(manners);
  const folder = temporaryFolder();
  t.teardown(async () => {
    folder.remove();
    await cluster.close();
  });
  return { cluster, config: writeClientFiles(folder.path, cluster) };
}

const fourHonest: readonly Manner[] = ["honest", "honest", "honest", "honest"];

test("Juno's demo, word for word", async (t) => {
  const { config } = await setUp(t, fourHonest);
  const input = [
    "CreateAccount Acct1",
    "CreateAccount Acct2",
    "CreateAccount Acct1",
    "AdjustAccount Acct1 100000%1",
    "",
    "ObserveAccounts",
    "transfer(Acct1->Acct2, 1%1)",
    "ObserveAccount Acct2",
    "ObserveAccount nobody",
  ].join("\n");
  const { code, stdout, stderr } = await runJuno(["repl", "--config", config], { input });
  t.is(code, 0);
  t.is(stderr, "");
  const heading = "Account: Amount\n----------------------\n";
  t.is(
    stdout,
    "hopper>> CreateAccount Acct1\n" +
      'result>> Created Account: "Acct1"\n' +
      "hopper>> CreateAccount Acct2\n" +
      'result>> Created Account: "Acct2"\n' +
      "hopper>> CreateAccount Acct1\n" +
      "result>> Account Already Exists\n" +
      "hopper>> AdjustAccount Acct1 100000%1\n" +
      'result>> Adjusted Account "Acct1" by 100000 % 1\n' +
      "hopper>> ObserveAccounts\n" +
      `result>> \n${heading}Acct1: 100000.0\nAcct2: 0.0\n\n` +
      "hopper>> transfer(Acct1->Acct2, 1%1)\n" +
      "result>> Success\n## Transaction Log ##\n" +
      "Transfer 1.0 from Acct1 to Acct2 with signature: cryptSig\n\n" +
      `## Previous Ledger ## \n${heading}Acct1: 100000.0\nAcct2: 0.0\n\n` +
      `## New Ledger ##\n${heading}Acct1: 99999.0\nAcct2: 1.0\n\n` +
      "hopper>> ObserveAccount Acct2\n" +
      "result>> Just (1 % 1)\n" +
      "hopper>> ObserveAccount nobody\n" +
      "result>> Nothing\n",
  );
});

test("typos are answered here, with the place and the mend, and sent nowhere", async (t) => {
  const { cluster, config } = await setUp(t, fourHonest);
  const { code, stdout } = await runJuno(["repl", "--config", config], {
    input: "CreatAccount Acct1\nCreateAccount a,b\n",
  });
  t.is(code, 0);
  t.is(
    stdout,
    "hopper>> CreatAccount Acct1\n" +
      "         ^\n" +
      'Parse error at character 1: unknown command "CreatAccount"\n' +
      "did you mean CreateAccount?\n" +
      "hopper>> CreateAccount a,b\n" +
      "                        ^\n" +
      'Parse error at character 16: an account name may not contain ","\n' +
      "for example: CreateAccount Acct1\n",
  );
  t.is(
    cluster.validators.reduce((sum, { commands }) => sum + commands, 0),
    0,
  );
});

test("floods print Juno's lines, and say how many were refused", async (t) => {
  const { config } = await setUp(t, fourHonest);
  const input = [
    "CreateAccount Acct1",
    "CreateAccount Acct2",
    "AdjustAccount Acct1 1100%1",
    "batch test:1000",
    "many test:150",
    "batch test:1",
    "ObserveAccount Acct2",
  ].join("\n");
  const { code, stdout } = await runJuno(["repl", "--config", config], { input });
  t.is(code, 0);
  const completed =
    "Completed in \\d+\\.\\d{6}sec \\(\\d+ per sec\\)\nLatency p50 [\\d.]+ ms, p99 [\\d.]+ ms, from send to f\\+1 equal answers\n";
  const title = "Sending N 'transfer\\(Acct1->Acct2, 1%1\\)' transactions";
  t.regex(stdout, new RegExp(`batch test:1000\n${title.replace("N", "1000")} batched\n${completed}hopper>> many`));
  t.regex(
    stdout,
    new RegExp(
      `many test:150\n${title.replace("N", "150")} individually\n${completed}50 of 150 were refused, the first with: Exec`,
    ),
  );
  t.regex(stdout, new RegExp(`batch test:1\n${title.replace("N", "1")} batched\n${completed}1 of 1 were refused`));
  t.true(stdout.endsWith("result>> Just (1100 % 1)\n"));
});

test("help, status, floods of no sense, and exit before the end of the input", async (t) => {
  const { config } = await setUp(t, ["honest"]);
  const input = "help\nCreateAccount A\nstatus\nbatch test:0\nmany test:lots\nmany\nexit\nCreateAccount Acct1\n";
  const { code, stdout } = await runJuno(["repl", "--config", config], { input });
  t.is(code, 0);
  t.regex(stdout, /help\nCommands of the ledger:\n {2}CreateAccount Acct1\n/);
  t.regex(
    stdout,
    /status\n1 of 1 validators connected\nvalidator 1: connected, gets commands first\ncommands sent again: 0\n/,
  );
  t.regex(stdout, /batch test:0\nN must be a whole number from 1 to 1000000; is "0"\n/);
  t.regex(stdout, /many test:lots\nN must be a whole number from 1 to 1000000; is "lots"\n/);
  t.regex(stdout, /many\nwrite many test:N, for example many test:1000\n/);
  t.false(stdout.includes('Created Account: "Acct1"'));
});

test("a liar does not reach the prompt", async (t) => {
  const { config } = await setUp(t, ["lying", "honest", "honest", "honest"]);
  const { stdout } = await runJuno(["repl", "--config", config], { input: "CreateAccount Acct1\n" });
  t.is(stdout, 'hopper>> CreateAccount Acct1\nresult>> Created Account: "Acct1"\n');
});

test("an interrupt gives up the running command and goes on, the next one ends", async (t) => {
  const { config } = await setUp(t, ["silent", "silent", "silent", "silent"]);
  let interrupts = 0;
  const { code, stdout } = await runJuno(["repl", "--config", config], {
    input: "CreateAccount Acct1\nhelp\n",
    onOutput: (text, kill) => {
      if (interrupts > 0 || !text.includes("CreateAccount")) return;
      interrupts++;
      setTimeout(() => kill("SIGINT"), 300);
    },
  });
  t.is(code, 0);
  t.regex(
    stdout,
    /^hopper>> CreateAccount Acct1\nCancelled: (request \d+ may still take effect|given up before anything was sent)\nhopper>> help\n/,
  );
});
