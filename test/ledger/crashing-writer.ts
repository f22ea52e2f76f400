/** Child process: appends segments and kills itself right after a write has returned. Arguments: file, count. */
import { writeSync } from "node:fs";
import type { LogIndex, Term } from "../../wire/types.ts";
import { certificate, cluster, headOf, opened, segment } from "./signed-cluster.ts";

const [file = "", count = "1"] = process.argv.slice(2);
const store = opened(file, { create: true });
let hash = cluster;
for (let i = 1; i <= Number(count); i++) {
  const next = segment(store.lastIndex + 1, hash, 37, i);
  hash = headOf(next);
  const term = i as Term;
  const index = (store.lastIndex + 37) as LogIndex;
  store.write([{ term, append: next, acknowledged: { term, index }, commit: certificate("commit", i, index, hash) }]);
  writeSync(1, `${index}\n`);
}
process.kill(process.pid, "SIGKILL");
