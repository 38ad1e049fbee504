// A line of text with its label above and its hint below.
import { Input, Label, Text, TextField } from "react-aria-components";

type TextInputProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly focusFirst?: "yes" | "no";
  /** Enter was pressed. */
  readonly onSubmit?: () => void;
};

export function TextInput(props: TextInputProps) {
  const { label, value, onChange, hint, placeholder, maxLength, focusFirst = "no", onSubmit } = props;
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      autoFocus={focusFirst === "yes"}
      autoComplete="off"
      spellCheck="false"
      onKeyDown={(event) => {
        if (event.key === "Enter") onSubmit?.();
        // Else Escape would never reach the dialog around it.
        else event.continuePropagation();
      }}
      {...(maxLength === undefined ? {} : { maxLength })}
    >
      <Label className="field__label">{label}</Label>
      <Input className="field__input" {...(placeholder === undefined ? {} : { placeholder })} />
      {hint ? (
        <Text slot="description" className="field__hint">
          {hint}
        </Text>
      ) : null}
    </TextField>
  );
}
