/** Every limit of the wire in one place, with the relations between them asserted. */

/** A command's own bytes, before it is signed. */
export const payloadBytesMax: number = 64 * 1024;
/** A signed command in its envelope: the payload, and some 150 bytes of ids, tags and signature. */
export const commandBytesMax: number = payloadBytesMax + 256;
/** What a client asks in one query. */
export const questionBytesMax: number = 8 * 1024;
/** Commands in one message of any kind. */
export const commandsPerMessageMax: number = 8192;
/** Any frame; a full batch of small commands is some 1.3 MB. */
export const frameBytesMax: number = 4 * 1024 * 1024;
/** A message that carries no commands; the largest holds two certificates of `validatorsMax` signatures. */
export const controlBytesMax: number = 32 * 1024;
/** A certificate inside a message that carries commands. */
export const certificateBytesMax: number = 8 * 1024;
/** Validators of one cluster. */
export const validatorsMax = 64;

/** Commands in one batch of the leader's: small enough to verify in one election timeout on one slow core. */
export const batchCommandsMax = 2000;
/** Bytes of one batch of the leader's. */
export const batchBytesMax: number = 1024 * 1024;

function requireThat(condition: boolean, what: string): void {
  if (!condition) throw new Error(`limits contradict each other: ${what}`);
}
requireThat(batchCommandsMax <= commandsPerMessageMax, "a leader's batch fits into one message");
requireThat(batchBytesMax + commandBytesMax + controlBytesMax < frameBytesMax, "a full batch fits into one frame");
requireThat(validatorsMax * 72 + 128 <= certificateBytesMax, "a certificate of all validators fits its limit");
requireThat(2 * certificateBytesMax <= controlBytesMax, "two certificates fit into one control message");
