/** TLS of links: both sides show a certificate of the same authority, so only members of the cluster can connect. */
import { createSecureContext, type SecureContext } from "node:tls";
import type { Address } from "./address.ts";
import { formatAddress } from "./address.ts";

/** All in PEM: our certificate, its private key, and the authority that signs every member's certificate. */
export type TlsOptions = { readonly cert: string; readonly key: string; readonly ca: string };

/** The oldest TLS taken: 1.2, the newest that nng 1.5 with Mbed TLS 2.28 speaks. */
export const minVersion = "TLSv1.2";

/**
 * The context of a `tls+tcp` address, undefined for the others.
 * Throws one line where options and scheme do not belong together or the PEM texts are no pair.
 */
export function secureContextFor(address: Address, options: TlsOptions | undefined): SecureContext | undefined {
  const url = formatAddress(address);
  if (address.scheme !== "tls+tcp") {
    if (options === undefined) return undefined;
    throw new Error(
      `${url} would not be encrypted though TLS is configured; write tls+tcp:// or take the TLS options out`,
    );
  }
  if (options === undefined) throw new Error(`${url} needs a certificate; configure cert, key and ca`);
  try {
    return createSecureContext({ cert: options.cert, key: options.key, ca: options.ca, minVersion });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`the TLS options of ${url} do not fit (${what}); give PEM texts, with the key of this certificate`);
  }
}
