/**
 * Random Hopper programs that check: a module of types, tables, events, functions, procs and commands, which imports another one.
 * Assets go through commands by rules of their own, each coin used once on each way.
 */
import {
  expression,
  type FunctionHead,
  freshName,
  keyOf,
  type Making,
  type Named,
  type Scope,
  typed,
  withLocals,
} from "./generated-expressions.ts";
import {
  bool,
  type DataType,
  dataType,
  declarationOf,
  functionType,
  isSame,
  listOf,
  maybeOf,
  nat,
  newData,
  type Type,
  textOf,
  unit,
} from "./generated-types.ts";
import type { Tape } from "./tape.ts";

/** The module that generated ones import: functions that are handed functions of another module. */
export const libSource = `module lib
pub fn map {A : Type, B : Type} (xs : List(A), f : (A) -> B) -> List(B) =
  for x in xs, out = [] { append(out, f(x)) }
pub fn apply {A : Data, B : Data} (a : A, f : (A) -> B) -> B = f(a)
pub fn once1 {A : Data, B : Data} (a : A, f : (A) -> B once) -> B = f(a)
`;

const prelude = `fn map {A : Type, B : Type} (xs : List(A), f : (A) -> B) -> List(B) =
  for x in xs, out = [] { append(out, f(x)) }
fn apply {A : Data, B : Data} (a : A, f : (A) -> B) -> B = f(a)
fn give {A : Type} (f : () -> A once) -> A = f()
asset Gem = Gem { n : Nat }
table vault : Nat => Gem
table bags : Nat => List(Gem)
fn join (a, b : Gem) -> Gem =
  match a, b { Gem(x), Gem(y) => Gem(x + y) }
fn part (c : Gem, n : Nat) -> (Gem, Gem) =
  require n <= c.n else Small
  match c { Gem(m) => (Gem(n), Gem(m - n)) }
`;

const faults = ["Refused", "Absent", "Other"];

export type Program = { readonly source: string; readonly commands: readonly string[] };

export function generateProgram(tape: Tape): Program {
  const making: Making = { tape, data: [], functions: [], tables: [], events: [], typed: new Map(), names: 0 };
  const types = tape.times(0, 3, (i) => {
    const data = newData(tape, making.data, `D${i}`);
    making.data.push(data);
    return declarationOf(data);
  });
  const tables = tape.times(0, 2, (i) => tableOf(making, `t${i}`));
  const events = tape.times(0, 1, (i) => {
    const fields = tape.times(1, 3, (f): Named => ({ name: `e${f}`, type: dataType(tape, making.data, 1) }));
    making.events.push({ name: `E${i}`, fields });
    return `event E${i} { ${fields.map(({ name, type }) => `${name} : ${textOf(type)}`).join(", ")} }`;
  });
  const functions = tape.times(0, 4, (i) => functionOf(making, `f${i}`));
  const commands = tape.times(1, 3, (i) => commandOf(making, `c${i}`));
  const says = [...making.typed].map(([type, name]) => `fn ${name} (x : ${type}) -> ${type} = x`);
  const parts = [...types, ...tables, ...events, ...says, ...functions, ...commands];
  const source = `module a\nuse lib\n${prelude}${parts.join("\n")}\n`;
  return { source, commands: commands.map((_, i) => `c${i}`) };
}

function tableOf({ tape, data, tables }: Making, name: string): string {
  const keys = tape.times(1, 2, () => dataType(tape, data, 1));
  const value = tape.below(4) === 3 ? functionType(tape, data) : dataType(tape, data);
  tables.push({ name, keys, value });
  const [only = nat, second] = keys;
  const key = second === undefined ? textOf(only) : `(a : ${textOf(only)}, b : ${textOf(second)})`;
  return `table ${name} : ${key} => ${textOf(value)}`;
}

/** The result is mostly of a type that others ask for. */
function functionOf(making: Making, name: string): string {
  const { tape, data } = making;
  const params = tape.times(0, 3, (i): Named => {
    const type = tape.below(4) === 3 ? functionType(tape, data) : dataType(tape, data, 1);
    return { name: `${name}p${i}`, type };
  });
  const result = dataType(tape, data, 1);
  const form = tape.one("fn", "rec fn", "proc", "falls", "walks", "tree");
  if (form === "falls" || form === "walks" || form === "tree") return shrinking(making, name, form, params, result);
  const head: FunctionHead = { name, form, params: params.map(({ type }) => type), result };
  const scope: Scope = { making, locals: params, form: form === "proc" ? "act" : form };
  // A `rec fn` may call itself anywhere, and then mostly runs out of gas; a proc may not.
  if (form === "rec fn") making.functions.push(head);
  const body = form === "proc" ? block(scope, result) : expression(scope, result, 4);
  if (form !== "rec fn") making.functions.push(head);
  const start = `${form} ${name} (${params.map(declared).join(", ")}) -> ${textOf(result)} =`;
  return `${start}\n${body}`;
}

/** A `fn` that calls itself with less: a smaller number, the rest of a list, the parts of a value. */
function shrinking(
  making: Making,
  name: string,
  how: "falls" | "walks" | "tree",
  rest: readonly Named[],
  result: Type,
): string {
  const { tape, data } = making;
  const recursive = data.filter(isRecursive);
  const [tree] = recursive.length > 0 && how === "tree" ? [tape.of(recursive)] : [];
  const item = dataType(tape, data, 1);
  const first: Type = tree !== undefined ? { kind: "data", data: tree } : how === "walks" ? listOf(item) : nat;
  const less: Named = { name: `${name}n`, type: first };
  const params = [less, ...rest];
  const scope: Scope = { making, locals: params, form: "fn" };
  const again = (by: string, where: Scope): string => {
    const args = rest.map(({ name: same, type }) => (tape.below(2) === 0 ? same : expression(where, type, 2)));
    return `${name}(${[by, ...args].join(", ")})`;
  };
  const step = (by: string, where: Scope): string => {
    if (tape.below(2) === 0) return again(by, where);
    const got: Named = { name: freshName(making), type: result };
    return `{\nlet ${got.name} = ${again(by, where)}\n${expression(withLocals(where, got), result, 3)}\n}`;
  };
  const end = expression(scope, result, 2);
  let body = `if ${less.name} == 0 then ${end} else ${step(`${less.name} - ${1 + tape.below(2)}`, scope)}`;
  if (tree !== undefined) {
    const cases = tree.constructors.map((made) => {
      const fields = made.fields.map((f): Named => ({ name: freshName(making), type: f.type }));
      const inner = withLocals(scope, ...fields);
      const smaller = fields.find((f) => isSame(f.type, first));
      const names = fields.map((f) => f.name).join(", ");
      const value = smaller === undefined ? expression(inner, result, 2) : step(smaller.name, inner);
      return `${made.name}${names === "" ? "" : `(${names})`} => ${value}`;
    });
    body = `match ${less.name} { ${cases.join(", ")} }`;
  } else if (how === "walks") {
    const head: Named = { name: freshName(making), type: item };
    const tail = freshName(making, "r");
    body = `match ${less.name} { [] => ${end}, [${head.name}, ..${tail}] => ${step(tail, withLocals(scope, head))} }`;
  }
  making.functions.push({ name, form: "fn", params: params.map(({ type }) => type), result });
  return `fn ${name} (${params.map(declared).join(", ")}) -> ${textOf(result)} =\n${body}`;
}

function isRecursive(data: DataType): boolean {
  return data.constructors.some(({ fields }) => fields.some((f) => f.type.kind === "data" && f.type.data === data));
}

function declared({ name, type }: Named): string {
  return `${name} : ${textOf(type)}`;
}

function commandOf(making: Making, name: string): string {
  const { tape, data } = making;
  const params = tape.times(0, 3, (i): Named => ({ name: `${name}p${i}`, type: dataType(tape, data) }));
  const signed = tape.below(3) === 2;
  const locals = signed
    ? [...params, { name: "auth.who", type: { kind: "base", name: "Principal" } as const }]
    : params;
  const scope: Scope = { making, locals, form: "act", makesEvidence: true };
  const by = params.find(({ type }) => textOf(type) === "Principal")?.name ?? 'key("alice")';
  const body = block(scope, tape.below(4) === 0 ? unit : dataType(tape, data));
  return `command ${name} (${params.map(declared).join(", ")})${signed ? ` signed by ${by}` : ""} =\n${body}`;
}

/** Statements, and what they come to. Gems that were taken on the way are all used up before the end. */
function block(outer: Scope, result: Type): string {
  const { making } = outer;
  const { tape } = making;
  let scope = outer;
  const gems: string[] = [];
  const lines: string[] = [];
  const act = (): void => {
    const [line, ...locals] = tape.below(3) === 2 ? gemStep(scope, gems) : statement(scope);
    lines.push(line);
    scope = withLocals(scope, ...locals);
  };
  tape.times(0, 6, act);
  for (let i = gems.length; i > 0; i--) lines.push(...useUp(scope, gems));
  lines.push(isSame(result, unit) ? "()" : typed(scope, result, 3));
  return lines.join("\n");
}

type Step = readonly [line: string, ...locals: Named[]];

function statement(scope: Scope): Step {
  const { making } = scope;
  const { tape, tables, events, data } = making;
  const some = dataType(tape, data);
  const name = freshName(making);
  switch (tape.below(9)) {
    case 1:
      return [`require ${expression(scope, bool, 3)} else ${tape.of(faults)}`];
    case 2:
    case 3: {
      if (tables.length === 0) break;
      const table = tape.of(tables);
      const kind = tape.one("put", "put new");
      const or = kind === "put new" && tape.below(2) === 1 ? ` else ${tape.of(faults)}` : "";
      return [`${kind} ${table.name}[${keyOf(scope, table, 2)}] = ${expression(scope, table.value, 3)}${or}`];
    }
    case 4: {
      const event = events[0];
      if (event === undefined) break;
      return [
        `emit ${event.name} { ${event.fields.map((f) => `${f.name} = ${expression(scope, f.type, 3)}`).join(", ")} }`,
      ];
    }
    case 5: {
      if (tables.length === 0) break;
      const table = tape.of(tables);
      const item: Named = { name, type: nat };
      const inner = withLocals(scope, item);
      const put = `put ${table.name}[${keyOf(inner, table, 2)}] = ${expression(inner, table.value, 2)}`;
      return [`for ${name} in range(${tape.below(5)}) {\n${put}\n}`];
    }
    case 6: {
      if (tables.length === 0) break;
      const table = tape.of(tables);
      const put = `put ${table.name}[${keyOf(scope, table, 2)}] = ${expression(scope, table.value, 3)}`;
      return [`if ${expression(scope, bool, 3)} then {\n${put}\n} else ()`];
    }
    case 7: {
      const parts = [some, dataType(tape, data, 1)].map((type): Named => ({ name: freshName(making), type }));
      const tuple = typed(scope, { kind: "tuple", items: parts.map(({ type }) => type) }, 3);
      return [`let (${parts.map((part) => part.name).join(", ")}) = ${tuple}`, ...parts];
    }
    case 8: {
      const rules = tables.filter(({ value }) => value.kind === "function");
      if (rules.length === 0) break;
      const { value: type } = tape.of(rules);
      return [`let ${name} : ${textOf(type)} = ${expression(scope, type, 3)}`, { name, type }];
    }
    default:
  }
  return [`let ${name} : ${textOf(some)} = ${expression(scope, some, 4)}`, { name, type: some }];
}

/** Takes a gem from somewhere, or does something with those at hand; `gems` are the names that still have one. */
function gemStep(scope: Scope, gems: string[]): Step {
  const { making } = scope;
  const { tape } = making;
  const of = (type: Type): string => expression(scope, type, 2);
  const fresh = (): string => freshName(making, "g");
  const key = String(tape.below(3));
  const held = gems.pop();
  const name = fresh();
  if (held === undefined || tape.below(3) === 0) {
    if (held !== undefined) gems.push(held);
    gems.push(name);
    const from = tape.one(
      `take vault[${key}] or Gem(${of(nat)})`,
      `Gem(${of(nat)})`,
      `take vault[${key}] else Absent`,
      "bag",
    );
    if (from !== "bag") return [`let ${name} = ${from}`];
    const [first, rest, one, acc] = [fresh(), fresh(), fresh(), fresh()];
    const fold = `for ${one} in ${rest}, ${acc} = ${first} { join(${acc}, ${one}) }`;
    return [
      `let ${name} = match (take bags[${key}] or []) { [] => Gem(${of(nat)}), [${first}, ..${rest}] => ${fold} }`,
    ];
  }
  const made = `Gem(${of(nat)})`;
  const x = freshName(making);
  switch (tape.below(8)) {
    case 0:
      return [`let Gem { n = ${x} } = ${held}`, { name: x, type: nat }];
    case 1: {
      const other = fresh();
      gems.push(name, other);
      return [`let (${name}, ${other}) = part(${held}, ${of(nat)})`];
    }
    case 2:
      gems.push(name);
      return [`let ${name} = give(() => ${held})`];
    case 3:
      gems.push(name);
      return [`let ${name} = if ${of(bool)} then ${held} else join(${held}, ${made})`];
    case 4:
      gems.push(name);
      return [
        `let ${name} = match ${typed(scope, maybeOf(nat), 2)} { Nothing => ${held}, Just(${x}) => join(${held}, Gem(${x})) }`,
      ];
    case 5: {
      gems.push(name);
      const acc = fresh();
      return [
        `let ${name} = for ${x} in ${typed(scope, listOf(nat), 2)}, ${acc} = ${held} { join(${acc}, Gem(${x})) }`,
      ];
    }
    case 6:
      gems.push(held);
      return [`let ${x} = ${held}.n`, { name: x, type: nat }];
    default: {
      const second = gems.pop() ?? made;
      gems.push(name);
      return [`let ${name} = join(${held}, ${second})`];
    }
  }
}

/** Ends the last gem. */
function useUp(scope: Scope, gems: string[]): readonly string[] {
  const { making } = scope;
  const { tape } = making;
  const held = gems.pop();
  if (held === undefined) return [];
  const key = String(tape.below(3));
  switch (tape.below(4)) {
    case 0:
      return [`let Gem(${freshName(making)}) = ${held}`];
    case 1:
      return [`put vault[${key}] = ${held}`];
    case 2:
      return [`put bags[${key}] = append(take bags[${key}] or [], ${held})`];
    default:
      return [`if ${expression(scope, bool, 2)} then { put new vault[${key}] = ${held} else Other } else fail Refused`];
  }
}
