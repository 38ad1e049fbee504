// A note that is written where it stands: kept on Enter or when the field is left, taken back on Escape.
import { useEffect, useState } from "react";
import { Input, TextField } from "react-aria-components";

type NoteFieldProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly note: string;
  readonly onWrite: (note: string) => void;
};

export function NoteField({ label, placeholder, note, onWrite }: NoteFieldProps) {
  const [text, setText] = useState(note);
  useEffect(() => setText(note), [note]);
  const keep = () => {
    if (text !== note) onWrite(text);
  };
  return (
    <TextField
      className="note"
      aria-label={label}
      value={text}
      onChange={setText}
      maxLength={10_000}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === "Enter") keep();
        if (event.key === "Escape") setText(note);
        else event.continuePropagation();
      }}
    >
      <Input className="field__input note__input" placeholder={placeholder} />
    </TextField>
  );
}
