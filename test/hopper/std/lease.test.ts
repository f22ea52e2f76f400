/** std/lease: things that are lent and come back. */
import { testStandardModule } from "./module-cases.ts";

const renewed = "      put stock[org, id] = Thing(piece, OnLoan(by, until, Nobody), condition)\n";

testStandardModule("std/lease", [
  ["a renewed thing is lost", renewed, "", "never-used"],
  [
    "a returned thing is lost",
    "      put stock[org, id] = Thing(piece, after, condition)\n      emit Returned",
    "      emit Returned",
    "never-used",
  ],
  ["a thing is in two rows", renewed, renewed + renewed, "used-twice"],
  ["what is written off stays", "      let Piece(_) = piece\n      emit Lost", "      emit Lost", "never-used"],
  ["a second one is made beside it", renewed, renewed.replace("piece", "Piece(id)"), "never-used"],
  [
    "the row is copied",
    "let Thing { piece, state, .. } = take stock[org, id] else NoThing\n  match state {\n    OnLoan(by",
    "let Thing { piece, state, .. } = get stock[org, id] else NoThing\n  match state {\n    OnLoan(by",
    "get-asset",
  ],
  ["Data holds a thing", "asset Thing = Thing", "data Thing = Thing", "asset-in-data"],
  ["a state is forgotten", "    _ => fail NotReserved\n", "", "missing-case"],
  ["a state has fewer parts", "OnLoan(_, due, _) => due < now", "OnLoan(_, due) => due < now", "wrong-count"],
  ["a time is put for a duration", "Duration = days(7)", "Duration = 2026-01-01T00:00Z", "wrong-type"],
  [
    "a condition is left out",
    "Thing(piece, after, condition)\n  emit Kept",
    "Thing(piece, after)\n  emit Kept",
    "wrong-count",
  ],
]);
