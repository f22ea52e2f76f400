/** Flags that several benchmarks share, and how their values are read. */
import { textOf, wholeNumberIn } from "../client/flags.ts";
import { type EngineName, engineNames } from "../pools/engine.ts";

type Parsed<Value> = {
  readonly kind: "parsed";
  readonly parse: (text: string) => Value;
  readonly brief: string;
  readonly placeholder: string;
};
type Optional = { readonly optional: true };

export const nodesMax = 32;
export const commandsMax = 1_000_000;

/** Reads a list of whole numbers in [min, max], such as `4,7,10`; each once. */
export function listIn(min: number, max: number): (text: string) => readonly number[] {
  const one = wholeNumberIn(min, max);
  return (text) => {
    const values = text.split(",").map((part) => one(part.trim()));
    if (new Set(values).size === values.length) return values;
    throw new RangeError("must name each value once");
  };
}

export function countFlag(brief: string, min: number, max: number): Parsed<number> & Optional {
  return { kind: "parsed", parse: wholeNumberIn(min, max), brief, placeholder: "count", optional: true };
}

export function listFlag(brief: string, min: number, max: number): Parsed<readonly number[]> & Optional {
  return { kind: "parsed", parse: listIn(min, max), brief, placeholder: "list", optional: true };
}

export const nodesFlag: Parsed<number> & { readonly default: string } = {
  kind: "parsed",
  parse: wholeNumberIn(1, nodesMax),
  brief: "Nodes of the cluster",
  placeholder: "count",
  default: "4",
};

export const threadsFlag: Parsed<number> & Optional = countFlag(
  "Verifying threads of each node; half of the processors, shared by all nodes, unless given",
  1,
  256,
);

type Toggle = {
  readonly kind: "boolean";
  readonly brief: string;
  readonly default: false;
  readonly withNegated: false;
};

const toggle = (brief: string): Toggle => ({ kind: "boolean", brief, default: false, withNegated: false });

export const commonFlags: {
  readonly runs: Parsed<number> & Optional;
  readonly engine: {
    readonly kind: "enum";
    readonly values: readonly EngineName[];
    readonly brief: string;
  } & Optional;
  readonly out: Parsed<string> & Optional;
  readonly seed: Parsed<number> & { readonly default: string };
  readonly json: Toggle;
  readonly quick: Toggle;
} = {
  runs: countFlag("Measured runs of everything", 1, 100),
  engine: {
    kind: "enum",
    values: engineNames,
    brief: "Who checks signatures; a node's default unless given",
    optional: true,
  },
  out: {
    kind: "parsed",
    parse: textOf,
    brief: "Folder for figures and pictures; bench/results/VERB-TIME of the checkout unless given",
    placeholder: "folder",
    optional: true,
  },
  seed: {
    kind: "parsed",
    parse: wholeNumberIn(0, 0xffff_ffff),
    brief: "Order of measuring",
    placeholder: "number",
    default: "1",
  },
  json: toggle("Print the run file, not a table"),
  quick: toggle("Few runs of small sizes, to see that it works"),
};
