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
  switch (shape.of) {
    case "Rat": {
      const { n, d } = value as Rat;
      return `${n}%${d}`;
    }
    case "Text":
      return JSON.stringify(value);
    case "Bytes":
    case "Id":
      return `0x"${hexOf(value as Bytes)}"`;
    case "Principal":
      return showPrincipal(value as Data);
    case "list":
      return `[${(value as List).items.map((item) => showValue(item, shape.item, shapes)).join(", ")}]`;
    case "map": {
      const entries = (value as Dictionary).entries.map(
        ({ key, value: of }) => `${showValue(key, shape.key, shapes)}: ${showValue(of, shape.value, shapes)}`,
      );
      return `{${entries.join(", ")}}`;
    }
    case "tuple":
      return `(${showFields(value as Data, shape.items, shapes).join(", ")})`;
    case "named":
      return showConstructor(value as Data, shapes[shape.index], shapes);
    case "function": {
      const { module, index } = value as Closure;
      return `function ${index} of ${module.slice(0, 8)}`;
    }
    default:
      return String(value);
  }
}

function showFields([, ...fields]: Data, items: readonly Shape[], shapes: readonly NamedShape[]): string[] {
  return fields.map((field, i) => {
    const shape = items[i];
    return shape === undefined ? "?" : showValue(field, shape, shapes);
  });
}

function showConstructor(value: Data, named: NamedShape | undefined, shapes: readonly NamedShape[]): string {
  const made = named?.constructors[value[0]];
  if (made === undefined) throw new Error("assert: a value has the constructors of its shape");
  if (made.fields.length === 0) return made.name;
  const fields = showFields(value, made.fields, shapes);
  if (made.labels.includes(null)) return `${made.name}(${fields.join(", ")})`;
  return `${made.name} { ${fields.map((field, i) => `${made.labels[i]} = ${field}`).join(", ")} }`;
}

function showPrincipal([tag, first, second]: Data): string {
  switch (tag) {
    case principal.key:
      return `key("${hexOf(first as Bytes)}")`;
    case principal.atLeast:
      return `atLeast(${first}, [${(second as List).items.map((who) => showPrincipal(who as Data)).join(", ")}])`;
    case principal.module:
      return `module("${hexOf(first as Bytes)}")`;
    default:
      return `role(${showPrincipal(first as Data)}, ${JSON.stringify(second)})`;
  }
}

export function hexOf({ bytes }: Bytes): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += bytes.charCodeAt(i).toString(16).padStart(2, "0");
  return text;
}
