/** Writes docs/liars.md anew. */
import { writeFileSync } from "node:fs";
import { liarsPage } from "./table.ts";

writeFileSync(new URL("../../docs/liars.md", import.meta.url), liarsPage());
