/** std/object: there is one of each, with one owner. */
import { testStandardModule } from "./module-cases.ts";

const kept = "  put owned[maker, id] = Owned { owner = to, object }\n";
const moved = "  deposit(to, object)\n";

testStandardModule("std/object", [
  ["what is deposited is lost", kept, "", "never-used"],
  ["what is deposited is in two rows", kept, kept + kept, "used-twice"],
  [
    "a copy is deposited beside it",
    kept,
    kept.replace("object }", "object = Object(maker, id, object.content) }"),
    "never-used",
  ],
  ["an object is handed on twice", moved, "  deposit(to, object)\n  deposit(from, object)\n", "used-twice"],
  ["an object handed on goes nowhere", moved, "", "never-used"],
  [
    "an object is taken and dropped",
    `  let object = withdraw(maker, id, auth)\n${moved}`,
    "  withdraw(maker, id, auth)\n",
    "unused-value",
  ],
  ["what is burnt stays somewhere", "  let Object(_, _, _) = withdraw", "  let object = withdraw", "never-used"],
  [
    "the owner is kept, the object is not",
    "let Owned { owner, object } = take",
    "let Owned { owner, .. } = take",
    "never-used, unknown-name",
  ],
  ["Data holds an object", "asset Owned = Owned", "data Owned = Owned", "asset-in-data"],
  ["nobody signs for it", "from, to : Principal) signed by from =", "from, to : Principal) =", "no-auth"],
  ["its row is copied", "= take owned[maker, id]", "= get owned[maker, id]", "effect-missing, get-asset"],
  [
    "it is looked at after it has gone",
    `  let maker = object.maker\n  let id = object.id\n${kept}`,
    `  let maker = object.maker\n  let id = object.id\n${kept}  require object.id == id else NoObject\n`,
    "read-after-use",
  ],
]);
