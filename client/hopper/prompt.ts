/** The prompt of `juno hopper repl`: at a terminal with history and completion, on a pipe line by line. */
import { createInterface, type Interface } from "node:readline";
import { completeLine, promptWords } from "../../hopper/tools/complete.ts";
import { runLine, typeOf } from "../../hopper/tools/run-line.ts";
import { emptySource, type Session, startSession, undo } from "../../hopper/tools/session.ts";
import { showCalled } from "../../hopper/tools/show-called.ts";
import { namesIn, showChanges } from "../../hopper/tools/show-effects.ts";
import { wantsMore } from "../../hopper/tools/whole-line.ts";
import { sha256 } from "../../pools/sha256.ts";
import { historyLinesMax, readHistory, writeHistory } from "../history-file.ts";
import { readSource, sourceFinder } from "./find-source.ts";
import { principalsOf } from "./signers.ts";

export type PromptOptions = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WriteStream;
  /** A person types; else each line is printed before its result. */
  readonly terminal: boolean;
  readonly colors: boolean;
  /** Where typed lines are kept; without it they are not. */
  readonly historyFile?: string;
  /** The module to begin with. */
  readonly file?: string;
};

const promptText = "hopper> ";
const moreText = "   ...> ";

type Prompt = {
  readonly options: PromptOptions;
  session: Session;
  /** Lines that want more. */
  typed: string;
  /** All that was typed and loaded: names of keys are found in it. */
  seen: string;
  failed: number;
};

/** Runs until the input ends or :quit; how many lines were refused or failed, or the reason why it did not begin. */
export async function runPrompt(options: PromptOptions): Promise<number | string> {
  const prompt: Prompt = { options, session: freshSession(), typed: "", seen: "", failed: 0 };
  if (options.file !== undefined) {
    const refused = load(prompt, options.file);
    if (refused !== undefined) return refused;
  }
  const lines = openLines(prompt);
  const ask = (text: string): void => {
    lines.setPrompt(text);
    if (options.terminal) lines.prompt();
  };
  // Gives up what is typed; where nothing is, it ends.
  lines.on("SIGINT", () => {
    if (prompt.typed === "" && lines.line === "") lines.close();
    else {
      prompt.typed = "";
      lines.write(null, { ctrl: true, name: "e" });
      lines.write(null, { ctrl: true, name: "u" });
      options.output.write("\n");
      ask(promptText);
    }
  });
  ask(promptText);
  for await (const line of lines) {
    if (!take(prompt, line)) break;
    ask(prompt.typed === "" ? promptText : moreText);
  }
  lines.close();
  if (prompt.typed !== "") finish(prompt);
  return prompt.failed;
}

/** One more line of what is typed; false where it ends the prompt. */
function take(prompt: Prompt, line: string): boolean {
  const { terminal, output } = prompt.options;
  const isBlank = line.trim() === "";
  if (!terminal && !isBlank) output.write(`${prompt.typed === "" ? promptText : moreText}${line}\n`);
  if (prompt.typed === "" && /^\s*:q(uit)?\s*$/.test(line)) return false;
  prompt.typed = prompt.typed === "" ? line.trim() : `${prompt.typed}\n${line}`;
  if (isBlank || !wantsMore(prompt.typed)) finish(prompt);
  return true;
}

function finish(prompt: Prompt): void {
  const whole = prompt.typed.trim();
  prompt.typed = "";
  if (whole !== "" && !/^--.*$/.test(whole)) prompt.options.output.write(`${answer(prompt, whole)}\n`);
}

function openLines(prompt: Prompt): Interface {
  const { input, output, terminal, historyFile } = prompt.options;
  if (!terminal) return createInterface({ input, terminal: false });
  const lines = createInterface({
    input,
    output,
    terminal,
    prompt: promptText,
    historySize: historyLinesMax,
    history: historyFile === undefined ? [] : readHistory(historyFile),
    removeHistoryDuplicates: true,
    completer: (line: string) => completeLine(prompt.session, line),
  });
  if (historyFile !== undefined) lines.on("history", (kept: string[]) => writeHistory(historyFile, kept));
  return lines;
}

function freshSession(): Session {
  const session = startSession({ sha256, find: sourceFinder() }, emptySource);
  if ("refused" in session) throw new Error("assert: an empty module is well formed");
  return session;
}

function load(prompt: Prompt, file: string): string | undefined {
  const source = readSource(file);
  if (!source.ok) return source.reason;
  const session = startSession({ sha256, find: sourceFinder(), color: prompt.options.colors }, source.value);
  if ("refused" in session) return session.refused;
  prompt.session = session;
  prompt.seen = source.value.text;
  return undefined;
}

function answer(prompt: Prompt, line: string): string {
  prompt.seen += `\n${line}`;
  if (line.startsWith(":")) return obey(prompt, line);
  const { session } = prompt;
  const ran = runLine(session, line);
  if ("refused" in ran) return refuse(prompt, ran.refused);
  if ("defined" in ran) return `defined ${ran.defined}`;
  const shown = showCalled(session.machine, ran.type, ran.called, namesIn(prompt.seen, sha256));
  return ran.called.outcome.failure === undefined ? shown : refuse(prompt, shown);
}

function refuse(prompt: Prompt, text: string): string {
  prompt.failed++;
  return text;
}

function obey(prompt: Prompt, line: string): string {
  const { session } = prompt;
  const [, word = "", rest = ""] = /^(:\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  switch (word) {
    case ":help":
    case ":h":
      return helpText;
    case ":t":
    case ":type": {
      const typed = typeOf(session, rest);
      return "refused" in typed ? refuse(prompt, typed.refused) : typed.type;
    }
    case ":as":
      session.signers = principalsOf(rest);
      prompt.seen += session.signers.join(" ");
      return session.signers.length === 0 ? "nobody signs" : `signed by ${session.signers.join(", ")}`;
    case ":at":
      session.time = rest === "" ? undefined : rest;
      return session.time === undefined ? "1970" : `at ${session.time}`;
    case ":undo":
    case ":u": {
      const changes = undo(session);
      if (changes === undefined) return "there is nothing to undo";
      return ["undone", ...rowLines(prompt, changes).map((one) => `  ${one}`)].join("\n");
    }
    case ":state": {
      const rows = [...session.machine.tables.values()].flatMap((table) =>
        table.sortedRows().map(({ bytes, key, value }) => ({
          table,
          bytes,
          key,
          before: undefined,
          after: value,
        })),
      );
      return rows.length === 0
        ? "no rows"
        : rowLines(prompt, rows)
            .map((one) => one.slice(2))
            .join("\n");
    }
    case ":load":
    case ":l":
      return rest === ""
        ? refuse(prompt, ":load FILE")
        : (loadAnew(prompt, rest) ?? `loaded ${rest}, nothing has happened`);
    default:
      return refuse(prompt, `there is no ${word} here; :help shows what there is`);
  }
}

function loadAnew(prompt: Prompt, file: string): string | undefined {
  const refused = load(prompt, file);
  return refused === undefined ? undefined : refuse(prompt, refused);
}

function rowLines(prompt: Prompt, changes: Parameters<typeof showChanges>[1]): readonly string[] {
  return showChanges(prompt.session.machine, changes, namesIn(prompt.seen, sha256));
}

const width = Math.max(...Object.keys(promptWords).map((word) => word.length));
const helpText = [
  "Lines of the language, on a machine of your own:",
  ...[
    ["1 + 2", "an expression: value, type and gas"],
    ['let usd = Unit(key("bank"), "USD")', "a name for it"],
    ['as key("bank") call issue(usd, 5)', "a command of the module, by whom it is signed"],
    ["issue(usd, 5)", "the same, signed by those of :as"],
    ["get purse[usd, 5].amount", "a look into a table; put and take work too"],
    ["use std/coin, data …, fn …, table …", "a definition, kept until it is undone"],
  ].map(([line = "", what]) => `  ${line.padEnd(36)}${what}`),
  "Of the prompt:",
  ...Object.entries(promptWords).map(([word, what]) => `  ${word.padEnd(width)}  ${what}`),
].join("\n");
