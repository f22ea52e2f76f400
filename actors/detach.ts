/**
 * Copies a small message so that its bytes own their memory: posting a view to another thread would send the whole
 * frame along, and keeping one would keep the frame.
 */
export function detach<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copy(part)]));
}
