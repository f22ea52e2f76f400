/** Data on stdout in the form asked for. */
export const outputForms = ["table", "json", "ndjson"] as const;
export type OutputForm = (typeof outputForms)[number];

/** One array, or one object a line; `table` is the text that `asText` makes of the items. Every text ends with a line end. */
export function renderItems<Item>(
  form: OutputForm,
  items: readonly Item[],
  asText: (items: readonly Item[]) => string,
): string {
  switch (form) {
    case "table":
      return items.length === 0 ? "" : `${asText(items)}\n`;
    case "json":
      return `${JSON.stringify(items, undefined, 2)}\n`;
    case "ndjson":
      return items.map((item) => `${JSON.stringify(item)}\n`).join("");
  }
}
