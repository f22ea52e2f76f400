/** Certificates for tests, made by the openssl command line: an authority, and members signed by it. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TlsOptions } from "../../../cluster/nng/credentials.ts";

export type Authority = {
  readonly caFile: string;
  /** A certificate for localhost and the loopback addresses. */
  member(name: string): TlsOptions & { readonly certFile: string; readonly keyFile: string };
};

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}

export function createAuthority(folder: string, name: string): Authority {
  const file = (suffix: string) => join(folder, `${name}${suffix}`);
  const caFile = file(".ca.pem");
  openssl("req", "-x509", ...newKey, "-keyout", file(".ca.key"), "-out", caFile, "-subj", `/CN=${name}`, "-days", "2");
  return {
    caFile,
    member(member) {
      const certFile = file(`.${member}.pem`);
      const keyFile = file(`.${member}.key`);
      const request = file(`.${member}.csr`);
      const extensions = file(`.${member}.ext`);
      writeFileSync(extensions, "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n");
      openssl("req", "-new", ...newKey, "-keyout", keyFile, "-out", request, "-subj", `/CN=${member}`);
      const signing = ["-CA", caFile, "-CAkey", file(".ca.key"), "-CAcreateserial", "-extfile", extensions];
      openssl("x509", "-req", "-in", request, ...signing, "-days", "2", "-out", certFile);
      const [cert, key, ca] = [certFile, keyFile, caFile].map((path) => readFileSync(path, "utf8"));
      return { cert: cert ?? "", key: key ?? "", ca: ca ?? "", certFile, keyFile };
    },
  };
}
