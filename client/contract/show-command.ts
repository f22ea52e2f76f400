/** A command for contracts in words, made from its bytes and the module's own source, for whoever is asked to sign it. */
import { bytesToHex } from "@noble/hashes/utils.js";
import type { PlainCommand } from "../../hopper/chain/contract-command.ts";
import { lowerModule } from "../../hopper/lower/lower-module.ts";
import { bytesOfText } from "../../hopper/run/canonical.ts";
import { decode } from "../../hopper/run/decode.ts";
import { showUpTo } from "../../hopper/run/show.ts";
import { createLibrary, type FindSource, loadModule } from "../../hopper/tools/load-modules.ts";

const shownMax = 10_000;
const principal = { of: "Principal" } as const;

/** Arguments of a module whose source is not found are shown as bytes. */
export function showCommand(command: PlainCommand, find: FindSource): string {
  switch (command.kind) {
    case "publish":
      return `publish ${command.path}:\n${command.source}`;
    case "policy": {
      const [who, policy] = [command.who, command.policy].map((one) => showUpTo(shownMax, one, principal, []).text);
      return `${policy} speaks for ${who}`;
    }
    case "call": {
      const { module, command: name, gasLimit, expect } = command;
      const limits = expect.map(({ table, least }) => `, expecting at least ${least} in a row of ${table}`);
      return `${module}.${name}(${argumentsOf(command, find).join(", ")}) for at most ${gasLimit} gas${limits.join("")}`;
    }
  }
}

function argumentsOf({ module, command, args }: Extract<PlainCommand, { kind: "call" }>, find: FindSource): string[] {
  const source = find(module, { file: module, text: "" });
  const loaded = source === undefined ? undefined : loadModule(createLibrary(find), source);
  const ir = loaded?.ok === true ? lowerModule(loaded.module.module) : undefined;
  const params = ir?.commands.find(({ name }) => name === command)?.params;
  return args.map((bytes, i) => {
    const param = params?.[i];
    const read = param === undefined || ir === undefined ? undefined : decode(bytes, param.shape, ir.shapes);
    if (param === undefined || ir === undefined || read?.ok !== true) return `0x"${bytesToHex(bytesOfText(bytes))}"`;
    return `${param.name} = ${showUpTo(shownMax, read.value, param.shape, ir.shapes).text}`;
  });
}
