/** Fields of the settings: each a label and what is chosen or typed. */

import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly title?: string;
  readonly children: (id: string) => JSX.Element;
}

function Field({ label, title, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field" title={title}>
      <label for={id}>{label}</label>
      {children(id)}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onChoose: (value: string) => void;
  /** Options; one for `value` is added by who calls, where it may be none of the others. */
  readonly children: ComponentChildren;
}

export function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
          {children}
        </select>
      )}
    </Field>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  /** What an empty field stands for. */
  readonly hint: string;
  readonly title?: string;
  readonly isNumber?: boolean;
  readonly onInput: (value: string) => void;
}

export function TextField({ label, value, hint, title = "", isNumber = false, onInput }: TextFieldProps) {
  return (
    <Field label={label} title={title}>
      {(id) => (
        <input
          id={id}
          class={isNumber ? "number" : "words"}
          value={value}
          placeholder={hint}
          inputMode={isNumber ? "numeric" : "text"}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
      )}
    </Field>
  );
}
