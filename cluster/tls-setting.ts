/** The section `[tls]`, the same for nodes and clients, and the files it names. */
import { readFileSync } from "node:fs";
import type { Outcome } from "../wire/types.ts";
import { because } from "./because.ts";
import type { TlsOptions } from "./nng/credentials.ts";
import { readPrivateFile } from "./private-file.ts";
import { path, type Section } from "./settings/setting.ts";

/** Paths of PEM files. */
export type TlsPaths = { readonly cert: string; readonly key: string; readonly ca: string };

export const tlsSection: Section<TlsPaths> = {
  kind: "optional",
  about:
    "Certificates of tls+tcp:// links; both ends show one. Without this section links are not encrypted, but signed.",
  settings: {
    cert: path("Our certificate.", { sample: "tls/cert.pem" }),
    key: path("Its private key; only its owner may read the file.", { sample: "tls/key.pem" }),
    ca: path("The authority that signed every member's certificate.", { sample: "tls/ca.pem" }),
  },
};

/** Reads the three files. */
export function readTls(paths: TlsPaths): Outcome<TlsOptions> {
  const key = readPrivateFile(paths.key);
  if (!key.ok) return key;
  let file = paths.cert;
  try {
    const cert = readFileSync(file, "utf8");
    file = paths.ca;
    const ca = readFileSync(file, "utf8");
    return { ok: true, value: { cert, key: key.value, ca } };
  } catch (error) {
    return { ok: false, reason: `[tls]: ${because(error, file)}; correct the path` };
  }
}
