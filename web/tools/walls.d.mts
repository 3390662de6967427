// SPDX-License-Identifier: AGPL-3.0-only
/** Every import of some files (text by path below src/) that breaks a wall. */
export function breaches(files: Record<string, string>): string[];
