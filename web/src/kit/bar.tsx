// SPDX-License-Identifier: AGPL-3.0-only
// A whole and its parts as one bar. The numbers stand beside it: the picture is for the eye.

export interface Part {
  readonly kind: string;
  readonly amount: bigint;
}

const WIDTH = 1_000n;

/** Parts of a whole; what exceeds the whole is cut at its end. */
export function Bar({ parts, whole }: { parts: readonly Part[]; whole: bigint }) {
  if (whole <= 0n) return null;
  let at = 0n;
  const boxes = parts.map(({ kind, amount }) => {
    const room = WIDTH - at;
    const width = (amount * WIDTH) / whole;
    const box = { kind, x: at, width: width < room ? width : room };
    at += box.width;
    return box;
  });
  return (
    <svg class="bar" viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
      {boxes.map(({ kind, x, width }) => (
        <rect key={kind} class={kind} x={x.toString()} y="0" width={width.toString()} height="10" />
      ))}
    </svg>
  );
}
