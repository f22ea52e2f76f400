/** Values as people write them, by their shapes. */
import type { NamedShape, Shape } from "../ir/ir.ts";
import {
  type Bytes,
  type Closure,
  type Data,
  type Dictionary,
  type List,
  principal,
  type Rat,
  type Value,
} from "./value.ts";

export function showValue(value: Value, shape: Shape, shapes: readonly NamedShape[]): string {
  return showUpTo(Number.MAX_SAFE_INTEGER, value, shape, shapes).text;
}

export type Shown = { readonly text: string; readonly whole: boolean };

/** The same, cut after so many letters: names of constructors are as long as their author likes, and values repeat them. */
export function showUpTo(most: number, value: Value, shape: Shape, shapes: readonly NamedShape[]): Shown {
  const page: Page = { text: "", most, shapes };
  write(page, value, shape);
  if (page.text.length <= most) return { text: page.text, whole: true };
  // Half of a character outside the basic plane is no text.
  const last = page.text.charCodeAt(most - 1);
  return { text: `${page.text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most)}…`, whole: false };
}

/** A table's key, as `get` has it: several columns stand without a tuple's parentheses. */
export function showKeyUpTo(most: number, key: Value, shape: Shape, shapes: readonly NamedShape[]): Shown {
  const { text, whole } = showUpTo(most, key, shape, shapes);
  if (shape.of !== "tuple") return { text, whole };
  return { text: whole ? text.slice(1, -1) : text.slice(1), whole };
}

type Page = { text: string; readonly most: number; shapes: readonly NamedShape[] };

function write(page: Page, value: Value, shape: Shape): void {
  switch (shape.of) {
    case "Rat": {
      const { n, d } = value as Rat;
      page.text += `${n}%${d}`;
      return;
    }
    case "Text":
      page.text += JSON.stringify((value as string).slice(0, page.most));
      return;
    case "Bytes":
    case "Id":
      page.text += `0x"${hexOf(value as Bytes)}"`;
      return;
    case "Principal":
      writePrincipal(page, value as Data);
      return;
    case "list":
      writeAll(page, "[", (value as List).items, "]", (item) => write(page, item, shape.item));
      return;
    case "map":
      writeAll(page, "{", (value as Dictionary).entries, "}", ({ key, value: of }) => {
        write(page, key, shape.key);
        page.text += ": ";
        write(page, of, shape.value);
      });
      return;
    case "tuple":
      writeAll(page, "(", shape.items, ")", (one, i) => write(page, fieldOf(value as Data, i), one));
      return;
    case "named":
      writeConstructor(page, value as Data, page.shapes[shape.index]);
      return;
    case "function": {
      writeFunction(page, value as Closure);
      return;
    }
    default:
      page.text += String(value);
  }
}

/** Stops where the page is full. */
function writeAll<T>(
  page: Page,
  open: string,
  items: readonly T[],
  close: string,
  one: (item: T, i: number) => void,
): void {
  page.text += open;
  for (const [i, item] of items.entries()) {
    if (page.text.length > page.most) return;
    if (i > 0) page.text += ", ";
    one(item, i);
  }
  page.text += close;
}

function fieldOf(value: Data, i: number): Value {
  const field = value[i + 1];
  if (field === undefined) throw new Error("assert: a value has the fields of its shape");
  return field;
}

function writeConstructor(page: Page, value: Data, named: NamedShape | undefined): void {
  const made = named?.constructors[value[0]];
  if (made === undefined) throw new Error("assert: a value has the constructors of its shape");
  page.text += made.name;
  const { fields, labels } = made;
  if (fields.length === 0) return;
  const plain = labels.includes(null);
  writeAll(page, plain ? "(" : " { ", fields, plain ? ")" : " }", (shape, i) => {
    if (!plain) page.text += `${labels[i]} = `;
    write(page, fieldOf(value, i), shape);
  });
}

/** With its version and what it captured: functions that are different look different. */
function writeFunction(page: Page, { module, index, captured }: Closure): void {
  const { ir } = module;
  const { name = "", stored } = ir.functions[index] ?? {};
  const [outer, ...inside] = name.split(", ");
  const version = `${ir.path}@${ir.hash.slice(0, 8)}`;
  page.text += inside.length === 0 ? `<fn ${name} of ${version}` : `<fn ${index} in ${outer} of ${version}`;
  if (captured.length > 0 && stored !== null && stored !== undefined) {
    const { shapes } = page;
    page.shapes = ir.shapes;
    writeAll(page, ": ", captured, "", (one, i) => write(page, one, stored.captures[i] ?? unitShape));
    page.shapes = shapes;
  }
  page.text += ">";
}

const unitShape: Shape = { of: "tuple", items: [] };

function writePrincipal(page: Page, [tag, first, second]: Data): void {
  switch (tag) {
    case principal.key:
      page.text += `key("${hexOf(first as Bytes)}")`;
      return;
    case principal.atLeast:
      page.text += `atLeast(${first}, `;
      writeAll(page, "[", (second as List).items, "]", (who) => writePrincipal(page, who as Data));
      page.text += ")";
      return;
    case principal.module:
      page.text += `module("${hexOf(first as Bytes)}")`;
      return;
    default:
      page.text += "role(";
      writePrincipal(page, first as Data);
      page.text += `, ${JSON.stringify((second as string).slice(0, page.most))})`;
  }
}

export function hexOf({ bytes }: Bytes): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += bytes.charCodeAt(i).toString(16).padStart(2, "0");
  return text;
}
