/** Settings that are addresses of the transport. */
import { parseAddress } from "./nng/address.ts";
import type { Contradiction } from "./settings/read-settings.ts";
import type { Setting } from "./settings/setting.ts";

const schema = { type: "string", minLength: 1 };
const expects = "tcp://host:port, tls+tcp://host:port or ipc:///path";

/** Where to listen; port 0 takes a free one. */
export function listenUrl(about: string, fallback: string): Setting<string> {
  return { about, schema, expects, fallback, check: flawOfUrl };
}

/** Whom to dial. */
export function dialUrl(about: string, sample: string): Setting<string> {
  return { about, schema, expects, sample, check: (url) => flawOfUrl(url) ?? flawOfTarget(url) };
}

function flawOfUrl(url: string): string | undefined {
  const parsed = parseAddress(url);
  return parsed.ok ? undefined : parsed.reason;
}

const everyAddress: readonly string[] = ["0.0.0.0", "::"];

function flawOfTarget(url: string): string | undefined {
  const parsed = parseAddress(url);
  if (!parsed.ok || parsed.address.scheme === "ipc") return undefined;
  if (parsed.address.port === 0) return "nobody can dial port 0; write the port it listens on";
  const { host } = parsed.address;
  return everyAddress.includes(host) ? `nobody can dial ${host}; write the address of that machine` : undefined;
}

/** Why a URL does not fit to a file with or without `[tls]`; undefined where it does. */
export function flawOfTls(url: string, withTls: boolean): string | undefined {
  const encrypted = url.startsWith("tls+tcp:");
  if (encrypted && !withTls) return "needs a certificate; add the section [tls] with cert, key and ca";
  if (withTls && url.startsWith("tcp:"))
    return "would not be encrypted though there is [tls]; write tls+tcp:// or take [tls] out";
  return undefined;
}

/** What is wrong with a list of whom to dial: links of the wrong kind, an id or a URL that two of them have. */
export function contradictoryTargets(
  section: string,
  targets: readonly { readonly id: number; readonly url: string }[],
  withTls: boolean,
): Contradiction[] {
  const found: Contradiction[] = [];
  for (const [item, { id, url }] of targets.entries()) {
    const before = targets.slice(0, item);
    const links = flawOfTls(url, withTls);
    if (links !== undefined) found.push({ section, item, key: "url", reason: links });
    for (const [key, taken] of [
      ["id", before.some((other) => other.id === id)],
      ["url", before.some((other) => other.url === url)],
    ] as const) {
      if (taken) found.push({ section, item, key, reason: `must have another ${key} than the items before` });
    }
  }
  return found;
}
