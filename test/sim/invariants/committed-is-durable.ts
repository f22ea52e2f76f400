/** I13: when a commit certificate is first formed, all honest signers of it, at least f+1, have the entry and a lock on their disks. */
import { digestAt, lastOf } from "../../../wire/entries.ts";
import { type Certificate, sameBytes } from "../../../wire/types.ts";
import type { SimNode } from "../sim-node.ts";
import { broken, type Invariant } from "../world.ts";

export function committedIsDurable(): Invariant {
  const name = "CommittedIsDurable";
  let highest = 0;
  return {
    name,
    onStep: (world, _, actor, mail) => {
      if (actor !== "consensus" || mail.kind !== "committed" || mail.certificate.index <= highest) return;
      const { certificate } = mail;
      highest = certificate.index;
      const signers = new Set(certificate.endorsements.map(({ node }) => node));
      for (const node of world.nodes) {
        if (signers.has(node.id) && !isOnDisk(node, certificate)) {
          broken(name, `node ${node.id} voted to commit ${certificate.index}, and has not got it on its disk`);
        }
      }
    },
  };
}

function isOnDisk({ disk }: SimNode, { term, index, hash }: Certificate): boolean {
  const { lock, commit, displaced } = disk.durable();
  if ((commit?.index ?? 0) >= index) return true;
  if (lock === undefined || lock.term < term || (lock.term === term && lock.index < index)) return false;
  const own = disk.hashAt(index);
  if (own !== undefined && sameBytes(own, hash)) return true;
  const aside = displaced.find((segment) => segment.first <= index && index <= lastOf(segment));
  return aside !== undefined && sameBytes(digestAt(aside.hashes, index - aside.first), hash);
}
