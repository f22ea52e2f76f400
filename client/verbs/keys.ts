/** `juno keys`: makes key files, and shows the public half of one. */
import { generateKeyFile, readKeyFile } from "../../cluster/key-file.ts";
import { type Context, fail } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";

export type KeysNewFlags = { readonly owner: string };

export async function keysNew(this: Context, flags: KeysNewFlags, file: string): Promise<void> {
  const pair = generateKeyFile(file, flags.owner);
  if (pair.ok) this.process.stdout.write(`${Buffer.from(pair.value.publicKey).toString("hex")}\n`);
  else fail(this, exitCodes.failed, pair.reason);
}

export async function keysShow(this: Context, _flags: object, file: string): Promise<void> {
  const pair = readKeyFile(file);
  if (pair.ok) this.process.stdout.write(`${Buffer.from(pair.value.publicKey).toString("hex")}\n`);
  else fail(this, exitCodes.failed, pair.reason);
}
