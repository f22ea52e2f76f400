/** The prompt: Juno's own words in, `result>>` out. Works at a terminal, and line by line on a pipe. */
import { createInterface, type Interface } from "node:readline";
import { parse } from "../hopper/demo/parse.ts";
import type { JunoClient } from "./client.ts";
import { floodLines, floodTitle, parseFlood, runFlood } from "./flood.ts";
import { historyLinesMax, readHistory, writeHistory } from "./history-file.ts";
import { RequestTaken, StillPending } from "./job.ts";
import { createProgress } from "./progress.ts";
import { complete, replHelp } from "./repl-words.ts";
import { showReceipt } from "./shown-outcome.ts";
import { noticeWhileWaiting, waitingFor } from "./waiting-notice.ts";

export type ReplOptions = {
  readonly client: JunoClient;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WriteStream;
  /** For what is not a result: progress, notices. */
  readonly talk: NodeJS.WriteStream;
  /** A person types; else each line is printed before its result. */
  readonly terminal: boolean;
  /** As the variable NO_COLOR of the environment. */
  readonly noColor: string | undefined;
  /** Where typed lines are kept; without it they are not. */
  readonly historyFile?: string;
};

const promptText = "hopper>> ";
const resultText = "result>> ";

type Session = {
  readonly options: ReplOptions;
  readonly accounts: Set<string>;
  readonly paint: (colour: "red" | "green", text: string) => string;
  running: AbortController | undefined;
};

/** Runs until the input ends, `exit`, or Ctrl-C while nothing runs. */
export async function runRepl(options: ReplOptions): Promise<void> {
  const colour = options.terminal && (options.noColor === undefined || options.noColor === "");
  const codes = { red: 31, green: 32 };
  const session: Session = {
    options,
    accounts: new Set(),
    paint: (name, text) => (colour ? `\u001b[0;${codes[name]}m${text}\u001b[0m` : text),
    running: undefined,
  };
  const prompt = openPrompt(session);
  const interrupt = () => {
    if (session.running !== undefined) session.running.abort(new Error("cancelled"));
    else prompt.close();
  };
  // At a terminal readline sees the key itself; on a pipe it is a signal.
  prompt.on("SIGINT", interrupt);
  if (!options.terminal) process.on("SIGINT", interrupt);
  try {
    await readLines(session, prompt);
  } finally {
    process.removeListener("SIGINT", interrupt);
    prompt.close();
  }
}

function openPrompt({ options, accounts, paint }: Session): Interface {
  const { input, output, terminal, historyFile } = options;
  if (!terminal) return createInterface({ input, terminal: false });
  const prompt = createInterface({
    input,
    output,
    terminal,
    prompt: paint("red", promptText),
    historySize: historyLinesMax,
    history: historyFile === undefined ? [] : readHistory(historyFile),
    removeHistoryDuplicates: true,
    completer: (line: string) => complete(line, accounts),
  });
  if (historyFile !== undefined) prompt.on("history", (lines: string[]) => writeHistory(historyFile, lines));
  return prompt;
}

async function readLines(session: Session, prompt: Interface): Promise<void> {
  const { terminal, output } = session.options;
  if (terminal) prompt.prompt();
  for await (const line of prompt) {
    const command = line.trim();
    if (!terminal && command !== "") output.write(`${promptText}${line}\n`);
    if (command === "exit" || command === "quit") break;
    if (command !== "") await runLine(session, line);
    if (terminal) prompt.prompt();
  }
}

async function runLine(session: Session, line: string): Promise<void> {
  const { output, client } = session.options;
  const command = line.trim();
  if (command === "help") output.write(`${replHelp}\n`);
  else if (command === "status") output.write(`${statusLines(client)}\n`);
  else {
    const flood = parseFlood(line);
    if (flood === undefined) await runCommand(session, line);
    else if (flood.ok) await flooding(session, flood);
    else output.write(`${flood.reason}\n`);
  }
}

function statusLines(client: JunoClient): string {
  const status = client.status();
  const { validators, preferred, repeated, rejected } = status;
  return [
    waitingFor(status).replace("waiting for answers, ", ""),
    ...validators.map(
      ({ id, connected, disagreed }) =>
        `validator ${id}: ${connected ? "connected" : "away"}${id === preferred ? ", gets commands first" : ""}` +
        (disagreed > 0 ? `, ${disagreed} answers differ from what was agreed upon` : ""),
    ),
    `commands sent again: ${repeated}`,
    ...Object.entries(rejected).map(([reason, count]) => `refused answers: ${count}, ${reason}`),
  ].join("\n");
}

async function runCommand(session: Session, line: string): Promise<void> {
  const { output, client } = session.options;
  const parsed = parse(line);
  if (!parsed.ok) {
    const caret = `${" ".repeat(promptText.length + parsed.position)}^\n`;
    output.write(`${caret}${parsed.text}\n${parsed.hint === "" ? "" : `${parsed.hint}\n`}`);
    return;
  }
  await cancellable(session, async (signal) => {
    const outcome = showReceipt(await client.send(line.trim(), { signal }));
    for (const { key } of outcome.diff) session.accounts.add(key);
    output.write(`${session.paint("green", resultText)}${outcome.text}\n`);
  });
}

async function flooding(session: Session, flood: { readonly batched: boolean; readonly count: number }): Promise<void> {
  const { output, talk, client, noColor } = session.options;
  output.write(`${floodTitle(flood)}\n`);
  const progress = createProgress(talk, "commands", noColor);
  await cancellable(session, async (signal) => {
    try {
      const report = await runFlood(client, flood, signal, progress.update);
      progress.finish();
      output.write(`${floodLines(report).join("\n")}\n`);
    } finally {
      progress.finish();
    }
  });
}

async function cancellable(session: Session, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const { client, output, talk } = session.options;
  const running = new AbortController();
  session.running = running;
  const quiet = noticeWhileWaiting(client, (line) => talk.write(`${line}\n`));
  try {
    await work(running.signal);
  } catch (error) {
    if (error instanceof RequestTaken) output.write(`Refused: ${error.message}\n`);
    else if (error instanceof StillPending) output.write(`Cancelled: ${error.message}\n`);
    else throw error;
  } finally {
    quiet();
    session.running = undefined;
  }
}
