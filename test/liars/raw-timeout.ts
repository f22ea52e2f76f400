/** A timeout whose term no honest encoder writes: 2^64 - 1. */
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { domainOf } from "../../wire/domain.ts";
import type { Digest, NodeId } from "../../wire/types.ts";

/** The signed bytes; fields as in wire/juno.proto. */
export function hugeTimeout(cluster: Digest, node: NodeId): Uint8Array<ArrayBuffer> {
  const timeout = new BinaryWriter().tag(1, 0).uint64((1n << 64n) - 1n);
  if (node !== 0) timeout.tag(2, 0).uint32(node);
  const signed = new BinaryWriter().tag(1, 2).string(domainOf.timeout).tag(2, 2).bytes(cluster);
  if (node !== 0) signed.tag(3, 0).uint32(node);
  return signed.tag(24, 2).bytes(timeout.finish()).finish();
}
