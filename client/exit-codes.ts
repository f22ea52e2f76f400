/** How the `juno` command ends, for scripts. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, pending: 4, verification: 5 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
