/** std/note: a note that belongs to whoever knows its secret. */
import { testStandardModule } from "./module-cases.ts";

testStandardModule("std/note", [
  ["a cashed note pays nobody", "  deposit(to, held)\n", "", "never-used"],
  ["a note pays twice", "  deposit(to, held)\n", "  deposit(to, held)\n  deposit(to, held)\n", "used-twice"],
  ["what is due goes nowhere", "  deposit(by, held)\n", "", "never-used"],
  ["a note is not written down", "  put new notes[id] = Note { by, due, lock, held } else IdTaken\n", "", "never-used"],
  [
    "a note holds a second coin",
    "Note { by, due, lock, held }",
    "Note { by, due, lock, held = Coin(u, n) }",
    "never-used, private",
  ],
  [
    "a note stays where it is",
    "{ lock, due, held, .. } = take notes[id]",
    "{ lock, due, held, .. } = get notes[id]",
    "get-asset",
  ],
  [
    "`..` passes over the coin",
    "let Note { by, due, held, .. }",
    "let Note { by, due, .. }",
    "never-used, unknown-name",
  ],
  ["Data holds a note", "asset Note = Note", "data Note = Note", "asset-in-data"],
  ["nobody signs for the coin", "due : Time\n) signed by by.owner", "due : Time\n)", "no-auth"],
  ["a secret is taken for a Text", "= sha256(secret)\n", "= sha256(utf8(secret))\n", "wrong-type"],
  [
    "an event tells the coin",
    "event GivenBack { id : Id }",
    "event GivenBack { id : Id, held : Coin }",
    "bad-event, missing-field",
  ],
]);
