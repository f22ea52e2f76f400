/** Flags that several verbs share, and how their values are read. */
import { type OutputForm, outputForms } from "./print-data.ts";

export const dirDefault = "./juno-data";

/** Reads a whole number in [min, max]; the error says what would be right. */
export function wholeNumberIn(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new RangeError(`must be a whole number from ${min} to ${max}`);
  };
}

/** Reads seconds, with a fraction if need be. */
export function secondsOf(text: string): number {
  const value = /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0) return value;
  throw new RangeError("must be seconds, such as 5 or 0.5");
}

export const textOf = (text: string): string => text;

type Flag<Value> = {
  readonly kind: "parsed";
  readonly parse: (text: string) => Value;
  readonly brief: string;
  readonly placeholder: string;
};
type Optional = { readonly optional: true };

type OutputFlag = {
  readonly kind: "enum";
  readonly values: readonly OutputForm[];
  readonly brief: string;
  readonly default: OutputForm;
};

type OneArgument = {
  readonly kind: "tuple";
  readonly parameters: readonly [Pick<Flag<string>, "brief" | "placeholder" | "parse">];
};

export const dirFlag: Flag<string> & { readonly default: string } = {
  kind: "parsed",
  parse: textOf,
  brief: "The folder of the cluster",
  placeholder: "folder",
  default: dirDefault,
};

export const outputFlag: OutputFlag = {
  kind: "enum",
  values: outputForms,
  brief: "table for people, json or ndjson for programs",
  default: "table",
};

export const clientFlags: {
  readonly dir: typeof dirFlag;
  readonly client: Flag<number> & Optional;
  readonly config: Flag<string> & Optional;
} = {
  dir: dirFlag,
  client: {
    kind: "parsed",
    parse: wholeNumberIn(0, 0xffff_ffff),
    brief: "Id of the client to be; the first of the folder unless given",
    placeholder: "id",
    optional: true,
  },
  config: {
    kind: "parsed",
    parse: textOf,
    brief: "A client's config.toml, in place of --dir and --client",
    placeholder: "file",
    optional: true,
  },
};

export const setFlag: Flag<string> & Optional & { readonly variadic: true } = {
  kind: "parsed",
  parse: textOf,
  brief: "A setting that goes over the file's, as in log.level=warn",
  placeholder: "section.key=value",
  variadic: true,
  optional: true,
};

/** One positional argument. */
export function oneArgument(brief: string, placeholder: string): OneArgument {
  return { kind: "tuple", parameters: [{ brief, placeholder, parse: textOf }] };
}
