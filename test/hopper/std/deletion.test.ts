/**
 * In every module of hopper/std and hopper/demo, each `put` of an asset and each call that an asset is handed to for good is needed: the
 * module does not check where the asset is dropped instead, nor where the step is deleted. Rows of Data are the module's own affair: the
 * checker misses none of them, so they are listed, and the module's tests have to notice.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import type { CheckedModule } from "../../../hopper/check/checked-module.ts";
import { parseModule } from "../../../hopper/check/reader/parse.ts";
import { walk } from "../../../hopper/core/children.ts";
import { mayCopy } from "../../../hopper/core/kind.ts";
import type { Signature } from "../../../hopper/core/module.ts";
import type { Ref, Span, Term } from "../../../hopper/core/term.ts";
import { kindOf, type Type } from "../../../hopper/core/type.ts";
import { createLibrary, type Loaded, loadModule } from "../../../hopper/tools/load-modules.ts";
import { testModule } from "../../../hopper/tools/test-module.ts";
import { sha256 } from "../../../pools/sha256.ts";
import { flawsOf } from "./module-cases.ts";

/** Steps that get or make what they keep: without the whole of one, nothing is taken or made, and so nothing is lost. */
const wholes = [
  "put new accounts[name] = Account { deed = Deed(name), owner, state, version = 0 } else NameTaken",
  "deposit(to, withdraw(u, from, n, by))",
  "deposit(to, Coin(u, n))",
  "put new stock[org, id] = Thing(Piece(id), Shelved, condition) else IdTaken",
  "deposit(to, withdraw(u, vault(group), n, selfAuth))",
  "deposit(to, Object(maker, id, content))",
];

/** Whoever forgets one of these loses no asset. */
const dataRows: Readonly<Record<string, readonly string[]>> = {
  "std/auction": [
    "put new terms[id] = row else IdTaken",
    "put new used[id, hidden] = bidder else HashTaken",
    "put terms[id] = Terms(row.seller, row.pays, row.floor, row.bidsEnd, row.showsEnd, best, Open)",
    "put terms[id] = Terms( row.seller, row.pays, row.floor, row.bidsEnd, row.showsEnd, row.best, Settled )",
  ],
  "std/mandate": [
    "put mandates[id] = Mandate { owner, u, giver, holder, left = left - n, until, path, isRevoked }",
    "put new mandates[id] = row else IdTaken",
    "put new mandates[id] = row else IdTaken",
    "put mandates[id] = Mandate { owner, u, giver, holder, left, until, path, isRevoked = true }",
  ],
  "std/multisig": [
    "put groups[group] = checked(need, members, row.version + 1)",
    "put new groups[group] = row else NameTaken",
    "put new proposals[group, id] = Proposal(act, until, row.version, [by], false) else IdTaken",
    "put proposals[group, id] = Proposal(act, until, version, append(approvals, by), isDone)",
    "put proposals[group, id] = Proposal(act, until, version, without(approvals, by), isDone)",
    "put proposals[group, id] = Proposal(act, until, version, approvals, true)",
  ],
  "std/note": ["put new claims[id, seal] = Claim { to, from } else SealTaken"],
  "std/object": ["put new made[maker, id] = content else IdTaken"],
  "std/roles": ["put grants[org, role, who] = Grant { by, until }", "put board[org, id] = text"],
  "std/route": ["put terms[u, via] = Terms { each, left = left - n, fee }", "put terms[u, via] = offer"],
  "demo/juno": [
    "put balances[from] = less",
    "put balances[to] = more",
    "put balances[name] = 0",
    "put count[0] = total + 1",
    "put firstNames[0] = place(name, names, observedMax())",
    "put balances[name] = after",
    "put balances[name] = balance",
  ],
};
/** Its tests are programs: test/hopper/demo. */
const testedElsewhere = ["demo/juno"];

const room = join(import.meta.dirname, "../../../hopper");
const paths = ["std", "demo"].flatMap((folder) =>
  readdirSync(join(room, folder))
    .filter((file) => file.endsWith(".hop"))
    .map((file) => `${folder}/${file.replace(/\.hop$/, "")}`),
);
const sourceOf = (path: string): string => readFileSync(join(room, `${path}.hop`), "utf8");
const library = createLibrary((path) => ({ file: path, text: sourceOf(path) }));

function load(path: string, text: string): Loaded {
  // What is changed must not be remembered for those that use it.
  return loadModule({ ...library, known: new Map(library.known) }, { file: `${path} changed`, text });
}

function codesOf(loaded: Loaded): readonly string[] {
  return loaded.ok ? [] : loaded.broken.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code));
}

const isAsset = (type: Type | undefined): boolean => type !== undefined && !mayCopy(kindOf(type));
const isNothing = (type: Type): boolean => type.kind === "tuple" && type.items.length === 0;

/** What takes an asset and gives nothing back, and puts of rows of Data, in functions and commands. */
function stepsOf({ core }: CheckedModule, used: readonly CheckedModule[]): { assets: Span[]; data: Span[] } {
  const assets: Span[] = [];
  const data: Span[] = [];
  const signatureOf = ({ hash, index }: Ref): Signature | undefined =>
    (hash === null ? core : used.find((one) => one.hash === hash)?.core)?.functions[index]?.signature;
  const look = (term: Term): void => {
    if (term.kind === "put") (isAsset(core.tables[term.table]?.value) ? assets : data).push(term.span);
    if (term.kind !== "call") return;
    const signature = signatureOf(term.ref);
    if (signature !== undefined && isNothing(signature.result) && signature.params.some(({ type }) => isAsset(type)))
      assets.push(term.span);
  };
  for (const { body } of [...core.functions, ...core.commands]) walk(body, look);
  return { assets, data };
}

/** What a step is given, by where the step is: the value that is put, or the arguments of the call. */
function givenIn(source: string): ReadonlyMap<string, readonly Span[]> {
  const found = new Map<string, readonly Span[]>();
  const look = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { kind, span, value, args } = node as Partial<Record<string, unknown>>;
    const parts = kind === "put" ? [value] : kind === "call" ? args : undefined;
    if (parts !== undefined)
      found.set(
        keyOf(span as Span),
        (parts as { readonly span: Span }[]).map((one) => one.span),
      );
    for (const part of Object.values(node)) look(part);
  };
  look(parseModule(source).tree);
  return found;
}

const keyOf = ({ start, end }: Span): string => `${start}-${end}`;

for (const path of paths) {
  const source = sourceOf(path);
  const loaded = load(path, source);
  if (!loaded.ok) {
    test(`${path} checks`, (t) => t.fail(codesOf(loaded).join()));
    continue;
  }
  const used = loaded.imports.map((one) => one.module);
  const { assets, data } = stepsOf(loaded.module.module, used);
  const given = givenIn(source);
  const textOf = ({ start, end }: Span): string => source.slice(start, end);
  const stepOf = (span: Span): string => textOf(span).replace(/\s+/g, " ");
  const instead = ({ start, end }: Span, text: string): Loaded =>
    load(path, `${source.slice(0, start)}${text}${source.slice(end)}`);

  test(`${path} handles assets, or is known not to`, (t) => {
    t.is(assets.length === 0, ["std/roles", "demo/juno"].includes(path));
  });

  for (const span of assets) {
    const step = stepOf(span);
    test(`${path}, at ${span.start}: ${step}`, (t) => {
      const kept = (given.get(keyOf(span)) ?? []).map((one, i) => `let lost${i} = ${textOf(one)}\n`);
      t.true(kept.length > 0);
      t.true(codesOf(instead(span, `{ ${kept.join("")} () }`)).includes("never-used"), "what it keeps is dropped");
      const deleted = codesOf(instead(span, "()"));
      if (wholes.includes(step)) t.false(deleted.includes("never-used"));
      else t.true(deleted.includes("never-used") || deleted.includes("one-branch"), deleted.join());
    });
  }

  test(`${path}: its rows of Data are those listed`, (t) => {
    t.deepEqual(data.map(stepOf), dataRows[path] ?? []);
  });
  for (const span of data) {
    if (testedElsewhere.includes(path)) continue;
    test(`${path}, at ${span.start}, its tests notice: ${stepOf(span)}`, (t) => {
      const tried = instead(span, "()");
      const flaws = tried.ok ? flawsOf(testModule(tried.module, tried.imports, { sha256, seed: 1, runs: 20 })) : [];
      t.not(codesOf(tried).length + flaws.length, 0);
    });
  }
}
