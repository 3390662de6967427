// SPDX-License-Identifier: AGPL-3.0-only
import type { Signal } from "@preact/signals";
import { useKeptFocus } from "./focus";

interface FieldProps {
  /** What keeps its text: by it a field that goes and comes again is the same. */
  readonly of: unknown;
  readonly label: string;
  readonly value: string;
  readonly problem?: string | undefined;
  /** What to know before typing. */
  readonly hint?: string | undefined;
  readonly mode?: "text" | "decimal" | "numeric";
  readonly onInput: (value: string) => void;
}

/** A labelled input that says what is wrong with it. */
export function Field({ of, label, value, problem, hint, mode = "text", onInput }: FieldProps) {
  const input = useKeptFocus(of);
  return (
    <label>
      {label}
      <input
        ref={input}
        type="text"
        inputMode={mode}
        autocomplete="off"
        spellcheck={false}
        value={value}
        aria-invalid={problem !== undefined || undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint !== undefined && problem === undefined && <small>{hint}</small>}
      {problem !== undefined && <small role="alert">{problem}</small>}
    </label>
  );
}

interface DraftFieldProps extends Omit<FieldProps, "of" | "value" | "onInput"> {
  readonly text: Signal<string>;
}

/** A field of something that keeps what is typed. */
export function DraftField({ text, ...field }: DraftFieldProps) {
  return (
    <Field
      {...field}
      of={text}
      value={text.value}
      onInput={(value) => {
        text.value = value;
      }}
    />
  );
}
