// Settings of takes that are changed rarely.
import { useTranslation } from "react-i18next";
import type { GenerationSettings } from "../../shared/project/index.ts";
import { usePlayer } from "../player/player-store.ts";
import { NumberInput } from "../ui/number-input.tsx";
import { SelectInput } from "../ui/select-input.tsx";
import { samplerNamesShown } from "./describe-take.ts";
import { changeSettings, useGeneration } from "./generation-choice.ts";

const samplers = ["ddim", "dpm-solver++-2m", "unipc"] as const satisfies readonly GenerationSettings["sampler"][];

const spacings = [
  { value: "model", label: "generate.spacingModel" },
  { value: "leading", label: "generate.spacingLeading" },
  { value: "trailing", label: "generate.spacingTrailing" },
] as const;

const masks = [
  { value: "published", label: "generate.maskPublished" },
  { value: "lower", label: "generate.maskLower" },
] as const;

const silences = [
  { value: "rest", label: "generate.silenceRest" },
  { value: "as-heard", label: "generate.silenceAsHeard" },
] as const;

export function FineSettings() {
  const { t } = useTranslation();
  const settings = useGeneration((state) => state.settings);
  return (
    <div className="form-rows">
      <SelectInput
        place="beside"
        label={t("generate.sampler")}
        choices={samplers.map((value) => ({ value, label: samplerNamesShown[value] }))}
        chosen={settings.sampler}
        onChoose={(sampler) => changeSettings({ sampler })}
      />
      <SelectInput
        place="beside"
        label={t("generate.spacing")}
        choices={spacings.map(({ value, label }) => ({ value, label: t(label) }))}
        chosen={settings.spacing}
        onChoose={(spacing) => changeSettings({ spacing })}
      />
      <SelectInput
        place="beside"
        label={t("generate.mask")}
        choices={masks.map(({ value, label }) => ({ value, label: t(label) }))}
        chosen={settings.mask}
        onChoose={(mask) => changeSettings({ mask })}
      />
      <SelectInput
        place="beside"
        label={t("generate.silence")}
        choices={silences.map(({ value, label }) => ({ value, label: t(label) }))}
        chosen={settings.silence}
        onChoose={(silence) => changeSettings({ silence })}
      />
      <ReferenceChoice />
      <NumberInput
        place="beside"
        label={t("generate.overlap")}
        value={settings.overlapFrames}
        onChange={(overlapFrames) => changeSettings({ overlapFrames })}
        least={0}
        most={15}
      />
      <NumberInput
        place="beside"
        label={t("generate.sharedNoise")}
        value={settings.sharedNoise}
        onChange={(sharedNoise) => changeSettings({ sharedNoise })}
        least={0}
        most={1}
        step={0.05}
      />
      <NumberInput
        place="beside"
        label={t("generate.deepCache")}
        value={settings.deepCacheSteps}
        onChange={(deepCacheSteps) => changeSettings({ deepCacheSteps })}
        least={1}
        most={10}
      />
    </div>
  );
}

/** The face that identity is taken from: each frame's own, or that of the frame the playhead stands on. */
function ReferenceChoice() {
  const { t } = useTranslation();
  const referenceFrame = useGeneration((state) => state.settings.referenceFrame);
  return (
    <SelectInput
      place="beside"
      label={t("generate.reference")}
      choices={[
        { value: "own", label: t("generate.referenceOwn") },
        ...(referenceFrame === null
          ? []
          : [{ value: "kept", label: t("generate.referenceFrame", { frame: referenceFrame }) } as const]),
        { value: "playhead", label: t("generate.referencePlayhead") },
      ]}
      chosen={referenceFrame === null ? "own" : "kept"}
      onChoose={(value) => {
        if (value === "own") changeSettings({ referenceFrame: null });
        if (value === "playhead") changeSettings({ referenceFrame: usePlayer.getState().shownFrame });
      }}
    />
  );
}
