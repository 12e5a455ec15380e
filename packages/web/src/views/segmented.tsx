/** One of a few, side by side: radio buttons that look like one control. */

import { useId } from "preact/hooks";

interface SegmentedProps<T extends string> {
  /** What is chosen with it. */
  readonly label: string;
  readonly options: readonly { readonly name: T; readonly title: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function Segmented<T extends string>({ label, options, value, onChange }: SegmentedProps<T>) {
  const group = useId();
  return (
    <fieldset class="ebb-segmented">
      <legend class="ebb-unseen">{label}</legend>
      {options.map(({ name, title }) => (
        <label key={name} class={name === value ? "is-on" : ""}>
          <input type="radio" name={group} checked={name === value} onChange={() => onChange(name)} />
          {title}
        </label>
      ))}
    </fieldset>
  );
}
