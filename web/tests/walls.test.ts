// SPDX-License-Identifier: AGPL-3.0-only
import { describe, expect, test } from "vitest";
import { breaches } from "../tools/walls.mjs";

describe("walls between the rooms of src/", () => {
  test("imports from below and beside are fine", () => {
    expect(
      breaches({
        "chain/series.ts":
          'import { WAD } from "../model/units";\nimport { view } from "./reader";',
        "pages/holder/hero.tsx":
          'import { t } from "../../i18n";\nimport { Money } from "./money";',
        "app/pages.tsx": 'const page = await import("../pages/holder/hero");',
      }),
    ).toEqual([]);
  });

  test("an import from above is a breach, even of a type or inside a function", () => {
    expect(
      breaches({
        "chain/series.ts": 'import type { Read } from "../kit/use_read";',
        "model/units.ts": 'const later = () => import(\n  "../chain/series"\n);',
        "settings/choices.ts": 'export { App } from "../app/app";',
      }),
    ).toEqual([
      "chain/series.ts: imports kit/use_read, and kit is above chain",
      "model/units.ts: imports chain/series, and chain is above model",
      "settings/choices.ts: imports app/app, and app is above settings",
    ]);
  });

  test("a folder of pages knows no other", () => {
    expect(
      breaches({ "pages/holder/hero.tsx": 'import { Depth } from "../market/depth";' }),
    ).toEqual(["pages/holder/hero.tsx: imports pages/market/depth, another folder of pages"]);
  });

  test("every file stands in a room", () => {
    expect(breaches({ "lib/sum.ts": 'import { WAD } from "../model/units";' })).toEqual([
      "lib/sum.ts: lib is no room",
    ]);
    expect(breaches({ "app/main.tsx": 'import { sum } from "../lib/sum";' })).toEqual([
      "app/main.tsx: imports lib/sum, which is in no room",
    ]);
  });
});
