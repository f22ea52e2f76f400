/**
 * Long runs, one after the other, each with a share of the time: `npm run soak -- --minutes 120`. What one part says is kept in a
 * file of its own; at the end a table tells which parts passed.
 */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createProgress } from "../client/progress.ts";
import { type Part, parts } from "./soak-parts.ts";

const help = `Long runs of everything that searches for faults.

  npm run soak -- [--minutes M] [--only NAME,NAME] [--seed S] [--logs DIR] [--list]

  --minutes  in all, shared among the parts (120)
  --only     these parts alone
  --seed     other seed, other runs (the time of day)
  --logs     where each part's words are kept (a new temporary folder)
  --list     names the parts, their shares and commands

Ends with 1 where a part failed.
`;

type Outcome = {
  readonly part: Part;
  readonly minutes: number;
  readonly state: "passed" | "FAILED" | "not run";
  readonly last: string;
};

/** A part that does not end by itself is ended after this much more than its share. */
const graceMs = 180_000;
const root = fileURLToPath(new URL("..", import.meta.url));

const values = readArguments();
if (values.help) {
  process.stdout.write(help);
} else if (values.list) {
  for (const part of parts)
    process.stdout.write(`${part.name.padEnd(16)} ${part.share}  ${part.command(1, 1).join(" ")}\n`);
} else {
  await soak();
}

function readArguments() {
  try {
    const { values: read } = parseArgs({
      options: {
        minutes: { type: "string", default: "120" },
        only: { type: "string" },
        seed: { type: "string" },
        logs: { type: "string" },
        list: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return read;
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    return refuse(`${line}; npm run soak -- --help lists the options`);
  }
}

async function soak(): Promise<void> {
  const minutes = numberOf("minutes", values.minutes);
  const seed = values.seed === undefined ? Math.floor(Date.now() / 1000) : numberOf("seed", values.seed);
  const chosen = chosenParts();
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  const logs = values.logs ?? mkdtempSync(path.join(tmpdir(), "juno-soak-"));
  mkdirSync(logs, { recursive: true });
  process.stdout.write(`${chosen.length} parts, ${minutes} minutes, seed ${seed}, logs in ${logs}\n`);
  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  const outcomes: Outcome[] = [];
  for (const part of chosen) {
    const own = (minutes * part.share) / shares;
    outcomes.push(
      interrupt.signal.aborted
        ? { part, minutes: 0, state: "not run", last: "" }
        : await runPart(part, own, seed, logs, interrupt.signal),
    );
  }
  for (const { part, minutes: took, state, last } of outcomes) {
    process.stdout.write(`${part.name.padEnd(16)} ${state.padEnd(8)} ${took.toFixed(1).padStart(6)} min  ${last}\n`);
  }
  const failed = outcomes.filter(({ state }) => state === "FAILED").length;
  const passed = outcomes.filter(({ state }) => state === "passed").length;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : interrupt.signal.aborted ? 130 : 0;
}

/** Runs one part in a process group of its own, which is ended as a whole where it does not end in time. */
function runPart(part: Part, minutes: number, seed: number, logs: string, signal: AbortSignal): Promise<Outcome> {
  const startedAt = performance.now();
  const log = createWriteStream(path.join(logs, `${part.name}.log`));
  const [command = "", ...rest] = part.command(minutes, seed);
  const program = command === "node" ? process.execPath : command;
  const child = spawn(program, rest, { cwd: root, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const progress = createProgress(process.stderr, `s of ${part.name}`, process.env.NO_COLOR);
  const budgetMs = minutes * 60_000;
  let last = "";
  let late = false;
  const take = (chunk: Buffer): void => {
    log.write(chunk);
    last = chunk.toString().trimEnd().split("\n").at(-1) ?? last;
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const draw = setInterval(
    () => progress.update(Math.round((performance.now() - startedAt) / 1000), Math.round(budgetMs / 1000)),
    200,
  );
  const end = (how: NodeJS.Signals): void => {
    // A group that has ended in the meantime.
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, how);
  };
  const overdue = setTimeout(() => {
    late = true;
    end("SIGKILL");
  }, budgetMs + graceMs);
  const stop = (): void => end("SIGINT");
  signal.addEventListener("abort", stop);
  return new Promise((resolve) => {
    const done = (ok: boolean, why: string): void => {
      clearInterval(draw);
      clearTimeout(overdue);
      signal.removeEventListener("abort", stop);
      progress.finish();
      log.end();
      const state = ok ? "passed" : signal.aborted ? "not run" : "FAILED";
      resolve({
        part,
        minutes: (performance.now() - startedAt) / 60_000,
        state,
        last: late ? "did not end in time" : why,
      });
    };
    child.once("error", (error) => done(false, error.message));
    child.once("close", (code) => done(code === 0, last));
  });
}

function chosenParts(): readonly Part[] {
  if (values.only === undefined) return parts;
  return values.only.split(",").map((name) => {
    const part = parts.find((one) => one.name === name);
    return part ?? refuse(`no part is called ${name}; there are ${parts.map((one) => one.name).join(", ")}`);
  });
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  return refuse(`--${name} must be a number above 0; is ${text}`);
}

function refuse(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(2);
}
