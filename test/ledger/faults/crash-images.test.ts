/** Whatever a power cut leaves: the store opens with all that was acknowledged, or with the write under way besides. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { eachCrashImage, openImage } from "./crash-images.ts";
import { quickFolder } from "./quick-folder.ts";

/** `JUNO_IMAGES` asks for more in all, of one seed: `JUNO_IMAGES=20000 npx ava --timeout=25m test/ledger/faults/crash-images.test.ts`. */
const imagesEach = Math.ceil(Number(process.env.JUNO_IMAGES ?? "195") / 39);

test("images of power cuts between two writes", (t) => {
  const folder = mkdtempSync(join(quickFolder, "juno-image-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const kinds = new Map<string, number>();
  let images = 0;
  let withLast = 0;
  const writes = eachCrashImage({ seed: 1, imagesEach, floods: 32 }, (image) => {
    images++;
    kinds.set(image.kind, (kinds.get(image.kind) ?? 0) + 1);
    const found = openImage(folder, image);
    if ("refused" in found) {
      t.fail(`${image.kind}: refused: ${found.refused}`);
      return;
    }
    if (!image.allowed.includes(found.state)) t.fail(`${image.kind}: lost what was acknowledged`);
    if (found.state === image.allowed.at(-1)) withLast++;
  });
  t.is(images, writes * imagesEach);
  t.deepEqual([...kinds.keys()].sort(), [
    "D01 torn at a sector",
    "D02 torn at a byte",
    "D03 lost suffix",
    "D04 out of order",
    "checkpoint",
  ]);
  t.true(withLast > 0 && withLast < images, `${withLast} of ${images} images have the write under way`);
});

test("canary: an image of a write that had returned, taken for one under way, is noticed", (t) => {
  const folder = mkdtempSync(join(quickFolder, "juno-image-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let noticed = 0;
  eachCrashImage({ seed: 2, imagesEach: 3, floods: 0 }, (image) => {
    const found = openImage(folder, image);
    // As if only the later state would do: a disk that lies about its syncs.
    if ("refused" in found || found.state !== image.allowed.at(-1)) noticed++;
  });
  t.true(noticed > 0);
});
