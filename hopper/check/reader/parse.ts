/** Declarations. A mistake in one ends with its statement, or with the declaration where it is in its head. */
import type { ConstructorNode, Declaration, Expr, Module, Name, Param, TestStep, Use } from "../../syntax/tree.ts";
import type { Diagnostic } from "../report.ts";
import {
  type Cursor,
  endOf,
  expect,
  is,
  next,
  peek,
  readList,
  readName,
  refuse,
  refuseLater,
  take,
  Unreadable,
} from "./cursor.ts";
import { readBody, readExpr } from "./expressions.ts";
import { atEnd, declarationWords, readOrSkip, skipBlock } from "./recover.ts";
import { readTokens } from "./tokens.ts";

export function parseModule(source: string): { readonly tree: Module; readonly diagnostics: readonly Diagnostic[] } {
  const { tokens, wrong } = readTokens(source);
  const nowhere = { start: 0, end: 0 };
  const empty: Module = {
    path: { name: "", span: nowhere },
    authority: null,
    uses: [],
    declarations: [],
    span: nowhere,
  };
  if (tokens.length === 0) return { tree: empty, diagnostics: wrong };
  const cursor: Cursor = { tokens, at: 0, depth: 0, found: [] };
  const read = <T>(part: () => T): T | null => {
    try {
      cursor.depth = 0;
      return part();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      while (!atEnd(cursor)) next(cursor);
      return null;
    }
  };
  const head = read(() => {
    expect(cursor, "module");
    const path = readPath(cursor);
    return { path, authority: take(cursor, "upgrade") && expect(cursor, "by") ? readExpr(cursor) : null };
  });
  const uses: Use[] = [];
  const declarations: Declaration[] = [];
  while (peek(cursor).kind !== "end") {
    read(() => {
      if (is(cursor, "use")) uses.push(readUse(cursor));
      else declarations.push(readDeclaration(cursor));
      if (peek(cursor).kind !== "end" && !peek(cursor).starts) refuse(cursor, "a new line");
    });
  }
  const tree = { ...empty, ...head, uses, declarations, span: { start: 0, end: source.length } };
  return { tree, diagnostics: together(source, wrong, cursor.found) };
}

/** In the order of the text, without what only follows from a broken character on the same line. */
function together(source: string, wrong: readonly Diagnostic[], found: readonly Diagnostic[]): readonly Diagnostic[] {
  if (wrong.length === 0) return found;
  const lineOf = (one: Diagnostic): number => source.lastIndexOf("\n", one.span.start - 1);
  const lines = new Set(wrong.map(lineOf));
  const own = found.filter((one) => !lines.has(lineOf(one)));
  return [...wrong, ...own].toSorted((x, y) => x.span.start - y.span.start);
}

function readPath(cursor: Cursor): Name {
  const first = readName(cursor);
  let { name } = first;
  while (take(cursor, "/")) name += `/${readName(cursor).name}`;
  return { name, span: { start: first.span.start, end: endOf(cursor) } };
}

function readUse(cursor: Cursor): Use {
  const { start } = next(cursor).span;
  const path = readPath(cursor);
  let hash: Name | null = null;
  if (take(cursor, "#")) {
    const { text, span } = next(cursor);
    hash = { name: text.replaceAll('"', ""), span };
  }
  const names = take(cursor, "(") ? readList(cursor, ")", () => readName(cursor)) : null;
  const alias = take(cursor, "as") ? readName(cursor) : null;
  return { path, hash, names, alias, span: { start, end: endOf(cursor) } };
}

function readDeclaration(cursor: Cursor): Declaration {
  const { start } = peek(cursor).span;
  const isPublic = take(cursor, "pub");
  const word = peek(cursor).text;
  const finish = <T extends object>(node: T) => ({ ...node, isPublic, span: { start, end: endOf(cursor) } });
  if (!declarationWords.has(word)) refuse(cursor, "a declaration");
  next(cursor);
  if (word === "rec") expect(cursor, "fn");
  switch (word) {
    case "data":
    case "asset": {
      const name = readName(cursor);
      const params = take(cursor, "(") ? readParams(cursor, ")") : [];
      const isIndexed = is(cursor, ":") || is(cursor, "where");
      if (isIndexed) refuseLater(cursor, "indexed data", "use a field for the index, and `require` where it matters");
      expect(cursor, "=");
      const constructors = [readConstructor(cursor)];
      while (take(cursor, "|")) constructors.push(readConstructor(cursor));
      return finish({ kind: "data", name, isAsset: word === "asset", params, index: null, constructors });
    }
    case "table": {
      const name = readName(cursor);
      expect(cursor, ":");
      const keys = atNamedParams(cursor) && take(cursor, "(") ? readParams(cursor, ")") : readKey(cursor);
      expect(cursor, "=>");
      return finish({ kind: "table", name, keys, value: readExpr(cursor) });
    }
    case "event": {
      const name = readName(cursor);
      expect(cursor, "{");
      return finish({ kind: "event", name, fields: readParams(cursor, "}") });
    }
    case "fn":
    case "rec":
    case "proc": {
      const name = readName(cursor);
      const inferred = take(cursor, "{") ? readParams(cursor, "}") : [];
      expect(cursor, "(");
      const params = readParams(cursor, ")");
      expect(cursor, "->");
      const result = readExpr(cursor);
      const reads = take(cursor, "reads") ? readNames(cursor) : [];
      const writes = take(cursor, "writes") ? readNames(cursor) : [];
      expect(cursor, "=");
      const form = word === "rec" ? "rec fn" : word;
      return finish({ kind: "function", form, name, inferred, params, result, reads, writes, body: readBody(cursor) });
    }
    case "command": {
      const name = readName(cursor);
      expect(cursor, "(");
      const params = readParams(cursor, ")");
      const signer = take(cursor, "signed") && expect(cursor, "by") ? readExpr(cursor) : null;
      expect(cursor, "=");
      return finish({ kind: "command", name, params, signer, body: readBody(cursor) });
    }
    case "law": {
      const name = readName(cursor);
      expect(cursor, "(");
      const params = readParams(cursor, ")");
      expect(cursor, "=");
      return finish({ kind: "law", name, params, body: readBody(cursor) });
    }
    case "migrate": {
      expect(cursor, "table");
      const name = readName(cursor);
      expect(cursor, "(");
      const [param] = readParams(cursor, ")");
      if (param === undefined) return refuse(cursor, "one parameter");
      expect(cursor, "=");
      return finish({ kind: "migrate", name, param, body: readBody(cursor) });
    }
    case "test": {
      const { text, span } = next(cursor);
      expect(cursor, "{");
      const steps: TestStep[] = [];
      while (!is(cursor, "}") && !atEnd(cursor)) {
        const step = readOrSkip(cursor, () => readStep(cursor));
        if (step !== null) steps.push(step);
      }
      expect(cursor, "}");
      return finish({ kind: "test", name: { name: text.slice(1, -1), span }, steps });
    }
    case "interface":
      try {
        return refuseLater(cursor, "interfaces", "name the module with `use`, or take a function as an argument");
      } finally {
        // What stands in it looks like declarations.
        skipBlock(cursor);
      }
    default:
      return refuse(cursor, "a declaration");
  }
}

function readStep(cursor: Cursor): TestStep {
  const { start } = peek(cursor).span;
  const here = () => ({ start, end: endOf(cursor) });
  if (take(cursor, "let")) {
    const name = readName(cursor);
    expect(cursor, "=");
    return { kind: "let", name, value: readExpr(cursor), span: here() };
  }
  if (take(cursor, "check")) return { kind: "check", condition: readExpr(cursor), span: here() };
  const signers: Expr[] = [];
  if (take(cursor, "as")) {
    do signers.push(readExpr(cursor));
    while (take(cursor, ","));
  }
  const time = take(cursor, "at") ? readExpr(cursor) : null;
  expect(cursor, "call");
  const call = readExpr(cursor);
  expect(cursor, "expect");
  if (take(cursor, "fault"))
    return { kind: "call", signers, time, call, expect: { kind: "fault", name: readName(cursor) }, span: here() };
  expect(cursor, "ok");
  const value = peek(cursor).starts ? null : readExpr(cursor);
  return { kind: "call", signers, time, call, expect: { kind: "ok", value }, span: here() };
}

/** A type; in front of `=>` one in parentheses would be read as a function. */
function readKey(cursor: Cursor): Expr {
  const { start } = peek(cursor).span;
  if (!take(cursor, "(")) return readExpr(cursor);
  const items = readList(cursor, ")", () => readExpr(cursor));
  const span = { start, end: endOf(cursor) };
  const [only, another] = items;
  return only !== undefined && another === undefined ? { ...only, span } : { kind: "tuple", items, span };
}

/** `(u : Unit, …)` and not a type in parentheses. */
function atNamedParams(cursor: Cursor): boolean {
  if (!is(cursor, "(")) return false;
  let ahead = 1;
  while (peek(cursor, ahead).kind === "word" && is(cursor, ",", ahead + 1)) ahead += 2;
  return peek(cursor, ahead).kind === "word" && is(cursor, ":", ahead + 1);
}

/** Groups `a, b : T`, up to `end`. */
function readParams(cursor: Cursor, end: string): readonly Param[] {
  return readList(cursor, end, () => {
    if (peek(cursor).text === "0")
      refuseLater(cursor, "erased parameters and proofs", "leave out the `0`; ask with `require condition else Fault`");
    const names = [readName(cursor)];
    while (take(cursor, ",")) names.push(readName(cursor));
    expect(cursor, ":");
    const type = readExpr(cursor);
    return names.map(
      (name): Param => ({ name, erased: false, type, span: { start: name.span.start, end: type.span.end } }),
    );
  }).flat();
}

function readConstructor(cursor: Cursor): ConstructorNode {
  const isPrivate = take(cursor, "private");
  const name = readName(cursor);
  let fields: readonly Param[] = [];
  if (!peek(cursor).starts && take(cursor, "{")) fields = readParams(cursor, "}");
  else if (!peek(cursor).starts && take(cursor, "(")) {
    fields = readList(cursor, ")", () => readExpr(cursor)).map((type) => ({
      name: null,
      erased: false,
      type,
      span: type.span,
    }));
  }
  return { name, isPrivate, fields, span: { start: name.span.start, end: endOf(cursor) } };
}

function readNames(cursor: Cursor): readonly Name[] {
  const names = [readName(cursor)];
  while (take(cursor, ",")) names.push(readName(cursor));
  return names;
}
