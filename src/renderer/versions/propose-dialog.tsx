// Proposes segments of a version: on what grounds, and how speech is joined to ranges.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CallerInputOf } from "../../shared/contract/index.ts";
import type { RecordId } from "../../shared/project/index.ts";
import { useOperations } from "../connection/core-context.tsx";
import { notify } from "../state/notices.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { SelectInput } from "../ui/select-input.tsx";

type Basis = NonNullable<CallerInputOf<"segments.propose">["basis"]>;

const bases = [
  { value: "both", label: "versions.basisBoth" },
  { value: "speech", label: "versions.basisSpeech" },
  { value: "motion", label: "versions.basisMotion" },
] as const satisfies readonly { value: Basis; label: string }[];

type ProposeDialogProps = { readonly versionId: RecordId<"version">; readonly onClose: () => void };

export function ProposeDialog({ versionId, onClose }: ProposeDialogProps) {
  const { t } = useTranslation();
  const operations = useOperations();
  const [basis, setBasis] = useState<Basis>("both");
  const [pauseMs, setPauseMs] = useState(400);
  const [paddingMs, setPaddingMs] = useState(120);
  const [leastMs, setLeastMs] = useState(200);
  const propose = () => {
    operations["segments.propose"]({ versionId, basis, pauseMs, paddingMs, leastMs }).then(onClose, notify);
  };
  return (
    <Dialog
      title={t("versions.proposeTitle")}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" onPress={propose}>
            {t("versions.proposeAction")}
          </Button>
        </>
      }
    >
      <p className="dialog__words">{t("versions.proposeHint")}</p>
      <SelectInput
        label={t("versions.basis")}
        choices={bases.map(({ value, label }) => ({ value, label: t(label) }))}
        chosen={basis}
        onChoose={setBasis}
      />
      <div className="form-rows">
        <NumberInput
          place="beside"
          label={t("versions.pause")}
          value={pauseMs}
          onChange={setPauseMs}
          least={0}
          most={10_000}
          step={20}
        />
        <NumberInput
          place="beside"
          label={t("versions.padding")}
          value={paddingMs}
          onChange={setPaddingMs}
          least={0}
          most={2000}
          step={20}
        />
        <NumberInput
          place="beside"
          label={t("versions.least")}
          value={leastMs}
          onChange={setLeastMs}
          least={0}
          most={5000}
          step={20}
        />
      </div>
    </Dialog>
  );
}
