// The house's own lint rules, as an oxlint plugin. Each teaches: its message says what to do instead.
import { disableReason } from "./rules/disable-reason.mjs";
import { doors } from "./rules/doors.mjs";
import { fileHeader } from "./rules/file-header.mjs";
import { layers } from "./rules/layers.mjs";
import { noBooleanParameters } from "./rules/no-boolean-parameters.mjs";
import { noSwallow } from "./rules/no-swallow.mjs";
import { owners } from "./rules/owners.mjs";
import { unitSuffix } from "./rules/unit-suffix.mjs";

export default {
  meta: { name: "house" },
  rules: {
    "disable-reason": disableReason,
    doors,
    "file-header": fileHeader,
    layers,
    "no-boolean-parameters": noBooleanParameters,
    "no-swallow": noSwallow,
    owners,
    "unit-suffix": unitSuffix,
  },
};
