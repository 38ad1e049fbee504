// The settings of the next takes: a preset, what matters most, and the rest below.
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { qualities, settingsOfQuality } from "../../shared/project/index.ts";
import { Icon } from "../ui/icon.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { SelectInput } from "../ui/select-input.tsx";
import { FineSettings } from "./fine-settings.tsx";
import { changeSettings, presetOf, setGeneration, useGeneration } from "./generation-choice.ts";
import { useDubbingModels } from "./use-dubbing-models.ts";

const presetLabels = {
  draft: "generate.draft",
  full: "generate.full",
  parity: "generate.parity",
} as const;

const seedModes = [
  { value: "fixed", label: "generate.seedFixed" },
  { value: "new", label: "generate.seedNew" },
  { value: "per-take", label: "generate.seedPerTake" },
] as const;

const newest = "newest";
const own = "own";

export function GenerationForm() {
  const { t } = useTranslation();
  const { settings, seedMode } = useGeneration();
  const preset = presetOf(settings);
  return (
    <section className="generation" aria-label={t("generate.settings")}>
      <h3 className="inspector__title">{t("generate.settings")}</h3>
      <div className="form-rows">
        <SelectInput
          place="beside"
          label={t("generate.preset")}
          choices={[
            ...qualities.map((value) => ({ value, label: t(presetLabels[value]) })),
            ...(preset ? [] : [{ value: own, label: t("generate.own") } as const]),
          ]}
          chosen={preset ?? own}
          onChoose={(value) => {
            if (value !== own) changeSettings({ ...settingsOfQuality[value], seed: settings.seed });
          }}
        />
        <ModelChoice />
        <NumberInput
          place="beside"
          label={t("generate.steps")}
          value={settings.inferenceSteps}
          onChange={(inferenceSteps) => changeSettings({ inferenceSteps })}
          least={1}
          most={100}
        />
        <NumberInput
          place="beside"
          label={t("generate.guidance")}
          value={settings.guidanceScale}
          onChange={(guidanceScale) => changeSettings({ guidanceScale })}
          least={1}
          most={5}
          step={0.1}
        />
        <SelectInput
          place="beside"
          label={t("generate.seedMode")}
          choices={seedModes.map(({ value, label }) => ({ value, label: t(label) }))}
          chosen={seedMode}
          onChoose={(value) => setGeneration({ seedMode: value })}
        />
        {seedMode === "fixed" ? (
          <NumberInput
            place="beside"
            label={t("generate.seed")}
            value={settings.seed}
            onChange={(seed) => changeSettings({ seed })}
            least={0}
            most={0xffffffff}
          />
        ) : null}
      </div>
      <Disclosure className="disclosure">
        <Heading level={4} className="disclosure__heading">
          <AriaButton slot="trigger" className="disclosure__button">
            <Icon name="chevron" />
            {t("generate.more")}
          </AriaButton>
        </Heading>
        <DisclosurePanel>
          <FineSettings />
        </DisclosurePanel>
      </Disclosure>
    </section>
  );
}

function ModelChoice() {
  const { t } = useTranslation();
  const model = useGeneration((state) => state.model);
  const models = useDubbingModels();
  return (
    <SelectInput
      place="beside"
      label={t("generate.model")}
      choices={[
        { value: newest, label: t("generate.newestModel") },
        ...models.map(({ contentSha256, title }) => ({ value: contentSha256, label: title })),
      ]}
      chosen={model ?? newest}
      onChoose={(value) => setGeneration({ model: value === newest ? undefined : value })}
    />
  );
}
