/** A failing run as a file: read again it is the same run, on whatever the rules are by then. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { adversaryNamed } from "./known-adversaries.ts";
import { calm, type Options } from "./options.ts";
import type { Small } from "./shrink.ts";
import { type Report, type Run, simulate } from "./simulation.ts";
import { packStreams, type Recording, replayTape, unpackStreams } from "./tape.ts";

/** Changes whenever older files would no longer mean the same run. */
const version = 1;

export type SavedRun = {
  readonly version: typeof version;
  /** What it shows, in a sentence. */
  readonly about: string;
  readonly seed: number;
  /** Where they differ from those of a calm run. */
  readonly options: Partial<Options>;
  readonly adversary: string;
  readonly tape: Recording;
  /** What it broke when it was found. */
  readonly invariant: string;
  readonly message: string;
  /** Of the run when it was found; another hash on the same rules means that the simulator has changed. */
  readonly traceHash: number;
};

export function savedRunOf(small: Small, adversary: string, about: string): SavedRun {
  const { seed, streams, failure, traceHash } = small;
  const options = Object.fromEntries(
    Object.entries(small.options).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(calmOf(name))),
  );
  const [message = ""] = failure.message.split("\n");
  return {
    version,
    about,
    seed,
    options,
    adversary,
    tape: packStreams(streams),
    invariant: failure.invariant,
    message,
    traceHash,
  };
}

/** Writes `NAME.json` into a folder, which it makes if need be; tells the path. */
export function saveRun(folder: string, name: string, saved: SavedRun): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  writeFileSync(
    file,
    `${JSON.stringify(saved, undefined, 1)
      .replaceAll(/\n {3,}(-?\d+,?)/g, " $1")
      .replaceAll(/(\d)\n {2}\]/g, "$1]")}\n`,
  );
  return file;
}

export type Read = { readonly ok: true; readonly saved: SavedRun } | { readonly ok: false; readonly reason: string };

export function readRun(file: string): Read {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return { ok: false, reason: `${file} cannot be read` };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, reason: `${file} is not JSON` };
  }
  if (!isSavedRun(parsed)) return { ok: false, reason: `${file} is not a saved run of version ${version}` };
  return { ok: true, saved: parsed };
}

/** Runs it again by the rules of this tree. Throws where its adversary is not known. */
export function replay(saved: SavedRun, more: Omit<Partial<Run>, "seed"> = {}): Report {
  const adversary = adversaryNamed(saved.adversary);
  if (adversary === undefined) throw new Error(`no adversary is called ${saved.adversary}: see known-adversaries.ts`);
  const options = { ...calm, ...saved.options };
  return simulate({ ...more, seed: saved.seed, options, adversary, tape: replayTape(unpackStreams(saved.tape)) });
}

function calmOf(name: string): unknown {
  return Object.entries(calm).find(([one]) => one === name)?.[1];
}

function isSavedRun(value: unknown): value is SavedRun {
  if (typeof value !== "object" || value === null) return false;
  const fields: Partial<Record<keyof SavedRun, unknown>> = value;
  return (
    fields.version === version &&
    typeof fields.seed === "number" &&
    typeof fields.adversary === "string" &&
    typeof fields.invariant === "string" &&
    typeof fields.options === "object" &&
    typeof fields.tape === "object"
  );
}
