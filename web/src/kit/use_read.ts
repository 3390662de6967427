// SPDX-License-Identifier: AGPL-3.0-only
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { chainKnown, changes, head, nodeState, type Session, session } from "../chain/session";

/** What a read came to so far. An old value stays while a new one is on its way. */
export interface Read<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  /** The first answer is there, or the first failure. */
  readonly isDone: boolean;
}

const NOTHING = { value: undefined, error: undefined, isDone: false } as const;

/**
 * Read from the chain: at once, when an input changes and, if it is live, at every new block. One
 * read at a time; blocks that come meanwhile lead to one more. The first read does not wait for the
 * node to say which chain it serves, but what it came to does. What is read for other inputs is
 * another thing, and the old one goes; for other wishes it is more of the same, and the old one stays.
 */
export function useRead<T>(
  load: (session: Session) => Promise<T>,
  inputs: readonly unknown[],
  isLive = false,
  wishes: readonly unknown[] = [],
): Read<T> {
  const [state, setState] = useState<Read<T>>(NOTHING);
  const turn = useRef({ id: 0, isBusy: false, isWanted: false });
  const latest = useRef(load);
  latest.current = load;

  const run = async (): Promise<void> => {
    const current = session.peek();
    if (current === undefined) return;
    const mine = turn.current;
    if (mine.isBusy) {
      mine.isWanted = true;
      return;
    }
    mine.isBusy = true;
    const id = mine.id;
    try {
      const [value] = await Promise.all([latest.current(current), chainKnown()]);
      if (id === mine.id) setState({ value, error: undefined, isDone: true });
    } catch (error) {
      if (id === mine.id) setState((old) => ({ value: old.value, error, isDone: true }));
    }
    mine.isBusy = false;
    if (mine.isWanted) {
      mine.isWanted = false;
      void run();
    }
  };

  useEffect(() => {
    turn.current.id++;
    setState(NOTHING);
    void run();
  }, inputs);
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else void run();
  }, wishes);
  useEffect(() => () => void turn.current.id++, []);
  const last = useRef({ node: nodeState.peek(), session: session.peek(), isMounted: false });
  useSignalEffect(() => {
    changes.value;
    if (isLive) head.value?.number;
    const was = last.current;
    last.current = { node: nodeState.value, session: session.value, isMounted: true };
    if (!was.isMounted) return; // the inputs above have asked for the first read
    const isUp = nodeState.value === "up" && was.node !== "connecting"; // else it is under way
    if (isUp || session.value !== was.session) void run();
  });
  return state;
}
