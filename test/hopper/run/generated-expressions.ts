/** Expressions of a wanted type, which check wherever they stand: each is one atom, and types that nobody asks for are written. */
import {
  type BaseName,
  base,
  bool,
  type DataType,
  dataType,
  isSame,
  listOf,
  maybeOf,
  nat,
  type Type,
  textOf,
} from "./generated-types.ts";
import type { Tape } from "./tape.ts";

export type Named = { readonly name: string; readonly type: Type };
export type FunctionHead = {
  readonly name: string;
  readonly form: "fn" | "rec fn" | "proc";
  readonly params: readonly Type[];
  readonly result: Type;
};
export type TableHead = { readonly name: string; readonly keys: readonly Type[]; readonly value: Type };

/** What a generated module has so far. */
export type Making = {
  readonly tape: Tape;
  readonly data: DataType[];
  readonly functions: FunctionHead[];
  readonly tables: TableHead[];
  readonly events: { readonly name: string; readonly fields: readonly Named[] }[];
  /** Functions that say the type of an expression: by the type's text. */
  readonly typed: Map<string, string>;
  names: number;
};

export type Scope = {
  readonly making: Making;
  readonly locals: readonly Named[];
  /** `fn` knows no tables and no signers, `act` is a proc or a command. */
  readonly form: "fn" | "rec fn" | "act";
  /** In a command, and in no function value of it. */
  readonly makesEvidence?: true;
};

export function freshName(making: Making, start = "x"): string {
  return `${start}${making.names++}`;
}

export function withLocals(scope: Scope, ...locals: readonly Named[]): Scope {
  return { ...scope, locals: [...scope.locals, ...locals] };
}

/** An expression whose type shows wherever it stands. */
export function typed(scope: Scope, type: Type, deep: number): string {
  const { making } = scope;
  const text = textOf(type);
  const name = making.typed.get(text) ?? `as${making.typed.size}`;
  making.typed.set(text, name);
  return `${name}(${expression(scope, type, deep)})`;
}

export function expression(scope: Scope, type: Type, deep: number): string {
  const { tape } = scope.making;
  if (deep <= 0) return leaf(scope, type);
  switch (tape.below(5)) {
    case 0:
    case 1:
      return leaf(scope, type, deep);
    case 2:
    case 3:
      return (special(scope, type, deep - 1) ?? general(scope, type, deep - 1)) || leaf(scope, type);
    default:
      return general(scope, type, deep - 1);
  }
}

function leaf(scope: Scope, type: Type, deep = 0): string {
  const { tape } = scope.making;
  const locals = scope.locals.filter((one) => isSame(one.type, type));
  return locals.length > 0 && tape.below(4) > 0 ? tape.of(locals).name : literal(scope, type, deep);
}

const literals: Readonly<Record<BaseName, readonly string[]>> = {
  Nat: ["0", "1", "2", "3", "7", "255", "1_000", "9007199254740991", "9007199254740992", "18446744073709551616"],
  Int: ["0", "1", "(-1)", "5", "(-7)", "(-9007199254740991)", "(-9007199254740992)", "4294967296", "(-2147483648)"],
  Rat: ["0%1", "1%2", "(-1%3)", "0.25", "7%1", "(-5%2)", "9007199254740993%9007199254740991"],
  Bool: ["true", "false"],
  Text: ['""', '"a"', '"__proto__"', '"\u{1F600}"', '"\uFFFD"', '"b\\n"', '"constructor"'],
  Bytes: ['0x""', '0x"00"', '0x"ff00"', '0x"7f"'],
  Id: ['id(0x"00")', 'id(0x"01")'],
  Principal: ['key("alice")', 'key("bob")', 'atLeast(1, [key("alice"), key("bob")])', 'role(key("bob"), "r")'],
  Time: ["1970-01-01T00:00Z", "2026-11-23T00:00Z"],
  Duration: ["seconds(1)", "days(30)"],
};

function literal(scope: Scope, type: Type, deep: number): string {
  const { tape } = scope.making;
  const inner = (of: Type): string => expression(scope, of, deep - 1);
  switch (type.kind) {
    case "base":
      return tape.of(literals[type.name]);
    case "list":
      return `[${tape.times(0, 3, () => inner(type.of)).join(", ")}]`;
    case "maybe":
      return tape.below(3) === 0 ? "Nothing" : `Just(${inner(type.of)})`;
    case "map":
      return deep > 0 && tape.below(2) === 1
        ? `insert(${inner(type)}, ${inner(type.first)}, ${inner(type.second)})`
        : "emptyMap()";
    case "result":
      return tape.below(2) === 0 ? `Ok(${inner(type.first)})` : `Err(${inner(type.second)})`;
    case "tuple":
      return `(${type.items.map(inner).join(", ")})`;
    case "data": {
      const made = deep > 0 ? tape.of(type.data.constructors) : type.data.constructors[0];
      const { name = "", fields = [], named = false } = made ?? {};
      if (fields.length === 0) return name;
      if (!named || tape.below(2) === 0) return `${name}(${fields.map((f) => inner(f.type)).join(", ")})`;
      return `${name} { ${fields.map((f) => `${f.name} = ${inner(f.type)}`).join(", ")} }`;
    }
    case "function":
      return lambda(scope, type, deep - 1);
  }
}

function lambda(scope: Scope, type: Extract<Type, { kind: "function" }>, deep: number): string {
  const params = type.params.map((one): Named => ({ name: freshName(scope.making), type: one }));
  const inner = withLocals(lambdaScope(scope), ...params);
  return `((${params.map(({ name }) => name).join(", ")}) => ${expression(inner, type.result, deep)})`;
}

const faults = ["Refused", "Absent", "Other"];

/** What serves for every type. */
function general(scope: Scope, type: Type, deep: number): string {
  const { making } = scope;
  const { tape } = making;
  const of = (inner: Type, where = scope): string => expression(where, inner, deep);
  const some = (): Type => dataType(tape, making.data, 1);
  const local = (one: Type): Named => ({ name: freshName(making), type: one });
  switch (tape.below(14)) {
    case 0:
      return `(if ${of(bool)} then ${of(type)} else ${of(type)})`;
    case 1: {
      const bound = local(some());
      return `{\nlet ${bound.name} : ${textOf(bound.type)} = ${of(bound.type)}\n${of(type, withLocals(scope, bound))}\n}`;
    }
    case 2: {
      const bound = local(some());
      const just = of(type, withLocals(scope, bound));
      return `(match ${typed(scope, maybeOf(bound.type), deep)} { Nothing => ${of(type)}, Just(${bound.name}) => ${just} })`;
    }
    case 3:
      return matchList(scope, type, deep);
    case 4:
      return matchData(scope, type, deep);
    case 5: {
      const item = local(some());
      const acc = local(type);
      const body = of(type, withLocals(scope, item, acc));
      const list = typed(scope, listOf(item.type), deep);
      return `(for ${item.name} in ${list}, ${acc.name} = ${typed(scope, type, deep)} { ${body} })`;
    }
    case 6:
      return call(scope, type, deep) ?? of(type);
    case 7:
      return `give(() => ${of(type, lambdaScope(scope))})`;
    case 8: {
      const bound = local(some());
      const body = of(type, withLocals(lambdaScope(scope), bound));
      return `${tape.one("apply", "lib.apply", "lib.once1")}(${typed(scope, bound.type, deep)}, (${bound.name}) => ${body})`;
    }
    case 9:
      return tape.below(3) === 2 ? `(fail ${tape.of(faults)})` : of(type);
    case 10:
      return `(${typed(scope, maybeOf(type), deep)} else ${tape.of(faults)})`;
    case 11: {
      const items = [local(some()), local(some())];
      const tuple: Type = { kind: "tuple", items: items.map((one) => one.type) };
      const names = items.map(({ name }) => name).join(", ");
      return `{\nlet (${names}) = ${typed(scope, tuple, deep)}\n${of(type, withLocals(scope, ...items))}\n}`;
    }
    case 12:
      return matchLiteral(scope, type, deep);
    default:
      return row(scope, type, deep) ?? field(scope, type) ?? of(type);
  }
}

/** Functions are no place for what only procs know, nor for evidence. */
function lambdaScope({ making, locals, form }: Scope): Scope {
  const kept = locals.filter(({ name }) => !name.startsWith("auth"));
  return { making, locals: kept, form: form === "act" ? "fn" : form };
}

function matchList(scope: Scope, type: Type, deep: number): string {
  const { making } = scope;
  const { tape } = making;
  const of = dataType(tape, making.data, 1);
  const [first, second, rest] = ["x", "x", "r"].map((start) => freshName(making, start)) as [string, string, string];
  const head: Named = { name: first, type: of };
  const tail: Named = { name: rest, type: listOf(of) };
  const cases = [`[] => ${expression(scope, type, deep)}`];
  if (tape.below(2) === 1) cases.push(`[${first}] => ${expression(withLocals(scope, head), type, deep)}`);
  if (tape.below(2) === 1) {
    const two = withLocals(scope, head, { name: second, type: of }, tail);
    cases.push(`[${first}, ${second}, ..${rest}] => ${expression(two, type, deep)}`);
  }
  cases.push(`[${first}, ..${rest}] => ${expression(withLocals(scope, head, tail), type, deep)}`);
  return `(match ${typed(scope, listOf(of), deep)} { ${cases.join(", ")} })`;
}

function matchData(scope: Scope, type: Type, deep: number): string {
  const { making } = scope;
  const { tape } = making;
  if (making.data.length === 0) return expression(scope, type, deep);
  const data = tape.of(making.data);
  const skipped = data.constructors.length > 1 && tape.below(3) === 2 ? tape.below(data.constructors.length) : -1;
  const cases = data.constructors.flatMap((made, i) => {
    if (i === skipped) return [];
    const fields = made.fields.map((f): Named => ({ name: freshName(making), type: f.type }));
    const inner = made.named
      ? `${made.name} { ${fields.map((f, n) => `f${n} = ${f.name}`).join(", ")} }`
      : `${made.name}${fields.length === 0 ? "" : `(${fields.map((f) => f.name).join(", ")})`}`;
    return [`${inner} => ${expression(withLocals(scope, ...fields), type, deep)}`];
  });
  if (skipped >= 0) cases.push(`_ => ${expression(scope, type, deep)}`);
  return `(match ${typed(scope, { kind: "data", data }, deep)} { ${cases.join(", ")} })`;
}

function matchLiteral(scope: Scope, type: Type, deep: number): string {
  const { making } = scope;
  const { tape } = making;
  const name = tape.one<BaseName>("Nat", "Int", "Text", "Bool");
  const bound: Named = { name: freshName(making), type: base(name) };
  const written = tape.of(literals[name]).replace(/[()]/g, "");
  const other = tape.below(2) === 0 ? bound.name : "_";
  const rest = other === "_" ? scope : withLocals(scope, bound);
  const second = typed(scope, bool, deep);
  if (tape.below(2) === 0)
    return `(match ${typed(scope, bound.type, deep)} { ${written} => ${expression(scope, type, deep)}, ${other} => ${expression(rest, type, deep)} })`;
  const cases = [
    `${written}, true => ${expression(scope, type, deep)}`,
    `_, false => ${expression(scope, type, deep)}`,
    `${other}, _ => ${expression(rest, type, deep)}`,
  ];
  return `(match ${typed(scope, bound.type, deep)}, ${second} { ${cases.join(", ")} })`;
}

/** Of a function that is there already, or of a local that is a function. */
function call(scope: Scope, type: Type, deep: number): string | undefined {
  const { tape, functions } = scope.making;
  const known = functions.filter(({ form, result }) => {
    if (form === "proc" && scope.form !== "act") return false;
    if (form === "rec fn" && scope.form === "fn") return false;
    return isSame(result, type);
  });
  const locals = scope.locals.flatMap(({ name, type: one }) => {
    return one.kind === "function" && isSame(one.result, type) ? [{ name, params: one.params }] : [];
  });
  const all = [...known, ...locals];
  if (all.length === 0) return undefined;
  const { name, params } = tape.of(all);
  return `${name}(${params.map((one) => expression(scope, one, deep)).join(", ")})`;
}

export function keyOf(scope: Scope, { keys }: TableHead, deep: number): string {
  return keys.map((one) => expression(scope, one, Math.min(deep, 1))).join(", ");
}

function row(scope: Scope, type: Type, deep: number): string | undefined {
  const { tape, tables } = scope.making;
  const known = scope.form === "act" ? tables.filter(({ value }) => isSame(value, type)) : [];
  if (known.length === 0) return undefined;
  const table = tape.of(known);
  const access = `${tape.one("get", "take")} ${table.name}[${keyOf(scope, table, deep)}]`;
  return tape.below(2) === 0
    ? `(${access} or ${expression(scope, type, deep)})`
    : `(${access} else ${tape.of(faults)})`;
}

/** Of a record at hand. */
function field(scope: Scope, type: Type): string | undefined {
  const found = scope.locals.flatMap(({ name, type: of }) => {
    if (of.kind !== "data" || of.data.constructors.length !== 1) return [];
    const [only] = of.data.constructors;
    if (only === undefined || !only.named) return [];
    return only.fields.filter((f) => isSame(f.type, type)).map((f) => `${name}.${f.name}`);
  });
  return found.length === 0 ? undefined : scope.making.tape.of(found);
}

const orders = ["<", "<=", ">", ">="];

/** What gives this type in particular; undefined where nothing does. */
function special(scope: Scope, type: Type, deep: number): string | undefined {
  const { making } = scope;
  const { tape } = making;
  const of = (inner: Type): string => typed(scope, inner, deep);
  const b = (name: BaseName): string => of(base(name));
  if (type.kind === "list") {
    const itself = (): string => of(type);
    const { of: item } = type;
    const choices = [
      () => `(${itself()} ++ ${itself()})`,
      () => `append(${itself()}, ${of(item)})`,
      () => `reverse(${itself()})`,
      () => mapped(scope, item, deep),
      () => mapped(scope, item, deep),
    ];
    if (isSame(item, nat)) choices.push(() => `range(${of(nat)})`);
    if (item.kind === "tuple" && item.items.length === 2) {
      const [first = nat, second = nat] = item.items;
      if (first.kind === "base") choices.push(() => `entries(${of({ kind: "map", first, second })})`);
    }
    return tape.of(choices)();
  }
  if (type.kind === "map") {
    const change = tape.below(2) === 0 ? "remove" : "insert";
    return `${change}(${of(type)}, ${of(type.first)}${change === "insert" ? `, ${of(type.second)}` : ""})`;
  }
  if (type.kind === "maybe") {
    const { of: item } = type;
    const choices = [
      () => `at(${of(listOf(item))}, ${of(nat)})`,
      () => `lookup(${of({ kind: "map", first: nat, second: item })}, ${of(nat)})`,
    ];
    if (isSame(item, nat))
      choices.push(
        () => `nat(${b("Int")})`,
        () => `exactNat(${b("Rat")})`,
      );
    return tape.of(choices)();
  }
  if (type.kind === "function") {
    const known = making.functions.filter(({ form, params, result }) => {
      if (form === "proc" || (form === "rec fn" && scope.form === "fn")) return false;
      return isSame({ kind: "function", params, result }, type);
    });
    return known.length === 0 ? undefined : tape.of(known).name;
  }
  if (type.kind !== "base") return undefined;
  const some = (): Type => dataType(tape, making.data, 1);
  switch (type.name) {
    case "Nat":
      return tape.of([
        () => `(${of(nat)} ${tape.one("+", "-", "*")} ${of(nat)})`,
        () => `abs(${b("Int")})`,
        () => `size(${of(listOf(some()))})`,
        () => `textSize(${b("Text")})`,
        () => `bytesSize(${b("Bytes")})`,
        () => `gcd(${b("Int")}, ${b("Int")})`,
        () => `denominator(${b("Rat")})`,
      ])();
    case "Int":
      return tape.of([
        () => `(${b("Int")} ${tape.one("+", "-", "*")} ${tape.one(b, () => of(nat))("Int")})`,
        () => `${tape.one("div", "mod", "quot", "rem")}(${b("Int")}, ${b("Int")})`,
        () => `(-${b("Int")})`,
        () => `${tape.one("floor", "ceil", "numerator")}(${b("Rat")})`,
        () => of(nat),
      ])();
    case "Rat":
      return tape.of([
        () => `(${b("Rat")} ${tape.one("+", "-", "*", "/")} ${b("Rat")})`,
        () => `rat(${b("Int")})`,
        () => `(-${b("Rat")})`,
        () => `roundHalfEven(${b("Rat")}, ${b("Rat")})`,
      ])();
    case "Bool": {
      const choices = [
        () => {
          const name = tape.one<BaseName>("Nat", "Int", "Rat", "Text", "Bytes", "Time", "Duration");
          return `(${b(name)} ${tape.of(orders)} ${b(name)})`;
        },
        () => {
          const one = some();
          return `(${of(one)} ${tape.one("==", "!=")} ${of(one)})`;
        },
        () => `(${of(bool)} ${tape.one("&&", "||")} ${of(bool)})`,
        () => `(!${of(bool)})`,
      ];
      const people = (): string => of(listOf(base("Principal")));
      if (scope.form === "act")
        choices.push(
          () => `signer(${b("Principal")})`,
          () => `signer(atLeast(${of(nat)}, ${people()}))`,
        );
      if (scope.makesEvidence)
        choices.push(() => {
          const by = freshName(scope.making);
          const who = { name: `${by}.who`, type: base("Principal") };
          const held = expression(withLocals(scope, who), bool, deep - 1);
          return `(match quorum(${of(nat)}, ${people()}) { Just(${by}) => ${held}, Nothing => ${of(bool)} })`;
        });
      return tape.of(choices)();
    }
    case "Text":
      return tape.below(3) === 2 ? `showInt(${b("Int")})` : `(${b("Text")} ++ ${b("Text")})`;
    case "Bytes":
      return tape.of([
        () => `(${b("Bytes")} ++ ${b("Bytes")})`,
        () => `utf8(${b("Text")})`,
        () => `sha256(${b("Bytes")})`,
      ])();
    case "Id":
      return `id(${b("Bytes")})`;
    case "Principal":
      return tape.of([
        () => `key(${b("Text")})`,
        () => `atLeast(${of(nat)}, ${of(listOf(base("Principal")))})`,
        () => `role(${b("Principal")}, ${b("Text")})`,
      ])();
    case "Time":
      return scope.form === "act" && tape.below(2) === 1
        ? "now"
        : `(${b("Time")} ${tape.one("+", "-")} ${b("Duration")})`;
    case "Duration":
      return tape.of([
        () => `(${b("Duration")} ${tape.one("+", "-")} ${b("Duration")})`,
        () => `(${b("Duration")} * ${of(nat)})`,
        () => `(${b("Time")} - ${b("Time")})`,
        () => `${tape.one("seconds", "minutes", "hours", "days")}(${of(nat)})`,
      ])();
  }
}

function mapped(scope: Scope, item: Type, deep: number): string {
  const { tape, data } = scope.making;
  const from = dataType(tape, data, 1);
  const name = tape.one("map", "lib.map");
  return `${name}(${typed(scope, listOf(from), deep)}, ${typed(lambdaScope(scope), { kind: "function", params: [from], result: item }, deep)})`;
}
