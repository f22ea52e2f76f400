/** One key of a configuration file: what it means, which values it takes, and what holds where it is left out. */

export type Setting<T> = {
  /** One sentence: the comment above the key in a rendered file. */
  readonly about: string;
  /** JSON Schema of the value. */
  readonly schema: object;
  /** Completes "must be ...", so that a refusal says what to write instead. */
  readonly expects: string;
  /** What holds without the key; a setting without one has to be given. */
  readonly fallback?: T;
  /** Stands in a rendered file where its whole section is commented out. */
  readonly sample?: T;
  /** A file's paths are relative to the file, those of variables and flags to the working folder. */
  readonly isPath?: true;
  /** What a schema cannot say: why the value is refused and what to write instead, or undefined. */
  check?(value: T): string | undefined;
};

/** A table of a file: always there, there on demand, or there once for each item. */
export type Section<T> = {
  readonly kind: "table" | "optional" | "list";
  /** One sentence: the comment above the section in a rendered file. */
  readonly about: string;
  readonly settings: { readonly [Key in keyof T]-?: Setting<T[Key]> };
};

/** The sections that make up a `T`, which is a record of tables, optional tables and lists of tables. */
export type SectionsOf<T> = {
  readonly [Name in keyof T]-?: Section<
    NonNullable<T[Name]> extends readonly (infer Item)[] ? Item : NonNullable<T[Name]>
  >;
};

/** Sections whose names and types are known only at run time. */
export type AnySections = Readonly<Record<string, AnySection>>;
export type AnySection = Section<Readonly<Record<string, unknown>>>;

type Bounds<T> = { readonly min: number; readonly max: number; readonly fallback?: T };

/** A whole number from `min` to `max`. */
export function wholeNumber(about: string, { min, max, ...rest }: Bounds<number>): Setting<number> {
  const schema = { type: "integer", minimum: min, maximum: max };
  return { about, schema, expects: `a whole number from ${min} to ${max}`, sample: min, ...rest };
}

/** Two whole numbers from `min` to `max`, the lower one first. */
export function numberRange(
  about: string,
  { min, max, ...rest }: Bounds<readonly [number, number]>,
): Setting<readonly [number, number]> {
  const schema = { type: "array", items: { type: "integer", minimum: min, maximum: max }, minItems: 2, maxItems: 2 };
  const expects = `two whole numbers from ${min} to ${max}, the lower one first`;
  return { about, schema, expects, check: ([low, high]) => (low < high ? undefined : `must be ${expects}`), ...rest };
}

/** One of a few words. */
export function choice<T extends string>(about: string, words: readonly T[], fallback: T): Setting<T> {
  return { about, schema: { enum: words }, expects: words.map((word) => `"${word}"`).join(" or "), fallback };
}

/** A file or folder; resolved to an absolute path when it is read. */
export function path(
  about: string,
  more: { readonly fallback?: string; readonly sample?: string } = {},
): Setting<string> {
  // A zero byte ends a path for the system but not for us.
  const schema = { type: "string", minLength: 1, pattern: "^[^\\u0000]*$" };
  return { about, schema, expects: "a path", isPath: true, ...more };
}

/** Letters, digits, dot, dash and underscore: what is safe in a file name, a log line and on a terminal. */
export const namePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";

/** A short name. */
export function shortName(about: string, more: { readonly fallback?: string } = {}): Setting<string> {
  const expects = "1 to 63 letters, digits, dots, dashes or underscores, with a letter or digit first";
  return { about, schema: { type: "string", pattern: namePattern }, expects, ...more };
}
