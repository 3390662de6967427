// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren } from "preact";
import { Scroller } from "./scroller";

interface DataTableProps {
  readonly label: string;
  readonly heads: readonly string[];
  /** Rows; the first cell of each is its heading. */
  readonly children: ComponentChildren;
}

/** A table with column headings, in a box that scrolls. */
export function DataTable({ label, heads, children }: DataTableProps) {
  return (
    <Scroller label={label}>
      <table>
        <caption class="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scroller>
  );
}
