// A bar that says how much is done; without a number it says that something goes on.
import { ProgressBar } from "react-aria-components";

type ProgressProps = {
  readonly label: string;
  /** 0..1; undefined while the total is not known. */
  readonly doneRatio: number | undefined;
};

export function Progress({ label, doneRatio }: ProgressProps) {
  const isUnknown = doneRatio === undefined;
  return (
    <ProgressBar
      aria-label={label}
      minValue={0}
      maxValue={1}
      isIndeterminate={isUnknown}
      {...(isUnknown ? {} : { value: doneRatio })}
      className={isUnknown ? "progress progress--unknown" : "progress"}
    >
      {({ percentage }) => <div className="progress__done" style={isUnknown ? {} : { width: `${percentage ?? 0}%` }} />}
    </ProgressBar>
  );
}
