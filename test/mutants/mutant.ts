/** One rule of the protocol, broken on purpose: a place in the source and what stands there instead. */
import type { Options } from "../sim/options.ts";

export type Mutant = {
  readonly name: string;
  /** What goes wrong then, for the table. */
  readonly breaks: string;
  /** From the repository's root. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What the hunt needs beyond what each seed draws. */
  readonly options?: Partial<Options>;
  /** Whether up to f nodes lie (see rogue.ts); they do by default. */
  readonly liars?: false;
  /** Signatures have a second form, and liars make use of it. */
  readonly malleable?: true;
};
