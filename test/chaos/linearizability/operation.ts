/** What a client asked, what it was told, and when: one line of a history. */

export type Operation<Input, Output> = {
  readonly input: Input;
  /** Undefined where nobody knows: the client gave up, and the command may take effect at any later time, or never. */
  readonly output: Output | undefined;
  /** On one monotonic clock of all clients, in milliseconds. */
  readonly calledAt: number;
  /** Infinity where `output` is undefined. */
  readonly returnedAt: number;
};

export type History<Input, Output> = readonly Operation<Input, Output>[];

/** A sequential specification. States never change; equal states have equal keys. */
export type Model<State, Input, Output> = {
  readonly initial: State;
  /** The state behind a step that answers `output`, or whatever it likes where that is undefined; undefined where it cannot. */
  readonly step: (state: State, input: Input, output: Output | undefined) => State | undefined;
  readonly keyOf: (state: State) => string;
  /** Names of what an operation reads or writes; those that share none do not see each other. Absent: all share all. */
  readonly touches?: (input: Input) => readonly string[];
};
