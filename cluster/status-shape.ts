/** Tells whether a document is a node's status: it may come from a node of another version. */
import { Check } from "typebox/schema";
import type { Outcome } from "../wire/types.ts";
import { controlPath, type NodeStatus, readControl } from "./control.ts";

const count = { type: "number", minimum: 0 } as const;
const text = { type: "string" } as const;
const record = <const Schema extends object>(schema: Schema) =>
  ({ type: "object", additionalProperties: schema }) as const;
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
});

/** More keys are fine: a newer node may tell more. */
const statusSchema = object({
  name: text,
  id: count,
  pid: count,
  role: { enum: ["follower", "candidate", "leader"] },
  term: count,
  leader: { anyOf: [count, { type: "null" }] },
  commitIndex: count,
  appliedIndex: count,
  lastIndex: count,
  logHash: text,
  stateHash: text,
  uptimeMs: count,
  cpuMs: count,
  rssBytes: count,
  mailboxes: record(object({ depth: count, bytes: count, max: count }, ["bytes"])),
  counters: record(record({ type: "number" })),
  rejects: record(count),
  peers: {
    type: "array",
    items: object({ id: count, connected: { type: "boolean" }, queuedBytes: count, dropped: count }),
  },
});

/** Checks a document's shape. */
export function checkStatus(document: unknown): Outcome<NodeStatus> {
  if (!Check(statusSchema, document))
    return { ok: false, reason: "is no node's status; use one version of Juno for all" };
  // Decoded: the schema says of each key what the type does.
  return { ok: true, value: document as unknown as NodeStatus };
}

/** The status of the node with this data folder, read from its control socket. */
export async function readStatus(dataFolder: string, timeoutMs: number): Promise<Outcome<NodeStatus>> {
  const path = controlPath(dataFolder);
  const document = await readControl(path, timeoutMs);
  if (!document.ok) return document;
  const status = checkStatus(document.value);
  return status.ok ? status : { ok: false, reason: `${path}: the answer ${status.reason}` };
}
