/** What is fuzzed: something that takes bytes from outside, with examples of good ones. */

/**
 * What became of an input: `accepted`, or why not. Inputs with the same verdict (digits aside) are of one kind to the corpus.
 * What must never be (a decoder that throws, two that disagree, bytes that are not written back) is thrown.
 */
export type Verdict = string;

export type Target = {
  readonly name: string;
  /** What the examples look like; it decides which mutations make sense. */
  readonly form: "protobuf" | "text" | "bytes";
  /** Inputs that are accepted; a target without them would only see garbage refused. */
  readonly examples: readonly Uint8Array[];
  /** Must neither throw, nor take over 50 ms, nor allocate over `allocatedBytesMax`. */
  readonly take: (input: Uint8Array) => Verdict;
  /** Undefined: what any decoder needs for the input, and 4 MiB. */
  readonly allocatedBytesMax?: number;
};
