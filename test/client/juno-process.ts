/** Runs the `juno` command as people do: as a process, with its files, its input and its exit code. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderClientConfig } from "../../cluster/client-config.ts";
import { renderGenesis } from "../../cluster/genesis-file.ts";
import { writeKeyFile } from "../../cluster/key-file.ts";
import { type TestCluster, testClient } from "./test-cluster.ts";

const entry = fileURLToPath(new URL("../../client/juno.ts", import.meta.url));

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  readonly input?: string;
  /** Called with all of stdout so far; may send a signal. */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
};

/** Its environment is ours without JUNO variables and colours. */
export function runJuno(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(JUNO_|NO_COLOR|FORCE_COLOR)/.test(name)),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], { env, stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    options.onStart?.((signal) => child.kill(signal));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    // A process that ends early closes its input, which is no failure of the test.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** A folder of its own, and how to remove it. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "juno-client-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes what a client needs to talk to a test cluster; returns its config.toml. */
export function writeClientFiles(folder: string, cluster: TestCluster): string {
  const own = join(folder, "client");
  mkdirSync(own);
  writeFileSync(join(folder, "genesis.json"), renderGenesis(cluster.genesis));
  const written = writeKeyFile(join(own, "key.pem"), cluster.clientKey.secretSeed, "tester");
  if (!written.ok) throw new Error(written.reason);
  const client = { id: Number(testClient), name: "tester", genesis: "../genesis.json", key: "key.pem" };
  const config = join(own, "config.toml");
  writeFileSync(config, renderClientConfig({ client, nodes: cluster.urls }));
  return config;
}
