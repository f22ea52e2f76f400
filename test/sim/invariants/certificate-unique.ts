/** I11, I12: one replication certificate's hash for each term and index, one commit certificate's for each index. */
import type { Certificate } from "../../../wire/types.ts";
import { broken, type Invariant, keyOf } from "../world.ts";

export function certificateUnique(): Invariant {
  const name = "CommitCertUnique, PrepareCertUnique";
  const replicated = new Map<string, string>();
  const committed = new Map<number, string>();

  function one<Place>(known: Map<Place, string>, place: Place, { hash, term, index }: Certificate): void {
    const digest = keyOf(hash);
    const other = known.get(place);
    if (other === undefined) known.set(place, digest);
    else if (other !== digest) broken(name, `two hashes are certified at index ${index}, one of them in term ${term}`);
  }

  return {
    name,
    onStep: (_, __, actor, mail) => {
      if (actor !== "consensus") return;
      if (mail.kind === "replicated") {
        one(replicated, `${mail.certificate.term}/${mail.certificate.index}`, mail.certificate);
      }
      if (mail.kind === "committed") one(committed, mail.certificate.index, mail.certificate);
      if (mail.kind === "syncResponse" && mail.header.end !== undefined) {
        const { $case, value } = mail.header.end;
        if ($case === "commit") one(committed, value.index, value);
        else one(replicated, `${value.term}/${value.index}`, value);
      }
    },
  };
}
