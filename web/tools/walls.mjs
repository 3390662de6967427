// SPDX-License-Identifier: AGPL-3.0-only
// The rooms of src/, from the ground up: a file imports from its own room and from those below it,
// and a folder of pages knows no other. Types count like values. Cycles inside a room are biome's.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOMS = [
  "generated",
  "model",
  "settings",
  "i18n",
  "chain",
  "wallet",
  "kit",
  "pages",
  "app",
];

const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']*)["']/g;

/** What is wrong with an import, or nothing. */
function breachOf(from, to) {
  const [room, folder] = from.split("/");
  const [otherRoom, otherFolder] = to.split("/");
  const floor = ROOMS.indexOf(room);
  const otherFloor = ROOMS.indexOf(otherRoom);
  if (floor < 0) return `${from}: ${room} is no room`;
  if (otherFloor < 0) return `${from}: imports ${to}, which is in no room`;
  if (otherFloor > floor) return `${from}: imports ${to}, and ${otherRoom} is above ${room}`;
  const isNeighbour = room === "pages" && otherRoom === "pages" && folder !== otherFolder;
  return isNeighbour ? `${from}: imports ${to}, another folder of pages` : undefined;
}

/** Every import of some files (text by path below src/) that breaks a wall. */
export function breaches(files) {
  return Object.entries(files).flatMap(([path, text]) => {
    const imports = [...text.matchAll(IMPORT)].map(([, target]) =>
      normalize(join(dirname(path), target)),
    );
    return imports.flatMap((target) => breachOf(path, target) ?? []);
  });
}

function sources() {
  const root = fileURLToPath(new URL("../src/", import.meta.url));
  const paths = readdirSync(root, { recursive: true }).filter((path) => /\.tsx?$/.test(path));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = breaches(sources());
  for (const line of found) console.error(line);
  process.exit(found.length === 0 ? 0 : 1);
}
