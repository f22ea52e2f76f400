/** Dictionaries: sorted by their keys' canonical bytes; a change makes a new one. */
import { encodeFree } from "./canonical.ts";
import { weight } from "./compare.ts";
import { type Dictionary, just, type List, type MapEntry, nothing, type Value } from "./value.ts";

export const emptyDictionary: Dictionary = { entries: [] };

function orderOf(key: Value): string {
  weight(key);
  return encodeFree(key);
}

/** Where the key is, or as -1 - place where it would be. */
function find(entries: readonly MapEntry[], bytes: string): number {
  let low = 0;
  let high = entries.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const at = entries[middle]?.order ?? "";
    if (at === bytes) return middle;
    if (at < bytes) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

export function lookup({ entries }: Dictionary, key: Value): Value {
  const found = entries[find(entries, orderOf(key))];
  return found === undefined ? nothing : just(found.value);
}

export function insert({ entries }: Dictionary, key: Value, value: Value): Dictionary {
  const bytes = orderOf(key);
  const place = find(entries, bytes);
  const entry = { order: bytes, key, value };
  return { entries: place >= 0 ? entries.with(place, entry) : entries.toSpliced(-1 - place, 0, entry) };
}

export function remove(map: Dictionary, key: Value): Dictionary {
  const place = find(map.entries, orderOf(key));
  return place < 0 ? map : { entries: map.entries.toSpliced(place, 1) };
}

export function entriesOf({ entries }: Dictionary): List {
  return { items: entries.map(({ key, value }) => [0, key, value] as const) };
}
