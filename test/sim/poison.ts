/** Clocks, timers and chance of the process are out of reach during a run: one that asks for them does not follow from its seed. */

type Taken = { readonly owner: object; readonly name: string };

const taken: readonly Taken[] = [
  ...["Date", "setTimeout", "setInterval", "setImmediate", "queueMicrotask"].map((name) => ({
    owner: globalThis,
    name,
  })),
  { owner: Math, name: "random" },
  { owner: performance, name: "now" },
  { owner: process, name: "hrtime" },
  { owner: globalThis.crypto, name: "getRandomValues" },
  { owner: globalThis.crypto, name: "randomUUID" },
];

/** Runs something synchronous without them: whoever asks meanwhile is thrown an error that names what was asked for. */
export function withoutClocks<T>(run: () => T): T {
  const before = taken.map(({ owner, name }) => Object.getOwnPropertyDescriptor(owner, name));
  for (const { owner, name } of taken) {
    Object.defineProperty(owner, name, { value: refusal(name), configurable: true, writable: true });
  }
  try {
    return run();
  } finally {
    taken.forEach(({ owner, name }, i) => {
      const known = before[i];
      if (known === undefined) Reflect.deleteProperty(owner, name);
      else Object.defineProperty(owner, name, known);
    });
  }
}

function refusal(name: string): object {
  const refuse = (): never => {
    throw new Error(`${name} is asked for in a simulated run, which has only virtual time and its tape`);
  };
  return Object.assign(
    function poisoned() {
      refuse();
    },
    { now: refuse, bigint: refuse },
  );
}
