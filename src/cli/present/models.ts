// The models of this machine as a table: what each is for, whether it is here, and what stands in the way.
import type { AnswerOf } from "../../shared/contract/index.ts";
import { columns, sizeText } from "./layout.ts";

type Listed = AnswerOf<"models.list">;
type Model = Listed["models"][number];
type Stored = Listed["own"][number];

const storedText = ({ dtype, sizeBytes, contentSha256 }: Stored): string =>
  `ready: ${dtype}, ${sizeText(sizeBytes)}, ${contentSha256.slice(0, 12)}`;

function stateText({ stored, downloadedBytes, sizeBytes, network }: Model): string {
  if (network === null) return "cannot be used yet";
  if (stored.length > 0) return stored.map(storedText).join("; ");
  if (downloadedBytes === 0) return "not here";
  return `${sizeText(downloadedBytes)} of ${sizeText(sizeBytes)} fetched`;
}

export function describeModels({ folder, licences, models, own, damaged }: Listed): readonly string[] {
  const licenceText = (id: string): string => {
    const licence = licences.find((each) => each.id === id);
    return licence ? `${licence.title}${licence.acceptedAt === null ? "" : ", accepted"}` : id;
  };
  return [
    ...columns(
      [
        ["Id", "For", "Size", "Licence", "State"],
        ...models.map((model) => [
          model.modelId,
          model.role,
          `${model.isSizeExact ? "" : "about "}${sizeText(model.sizeBytes)}`,
          licenceText(model.licenceId),
          stateText(model),
        ]),
      ],
      { alignRight: [2] },
    ),
    ...models.flatMap(({ modelId, purpose, notes }) => [
      "",
      `${modelId}: ${purpose}.`,
      ...notes.map((note) => `  ${note}`),
    ]),
    ...(own.length === 0
      ? []
      : [
          "",
          "Your own:",
          ...columns(
            own.map((each) => [each.title, each.network, storedText(each)]),
            { indent: 2 },
          ),
        ]),
    ...damaged.map((each) => `! ${each.folder}: ${each.why}.`),
    ...licences
      .filter(({ restrictions }) => restrictions.length > 0)
      .flatMap(({ title, url, restrictions }) => [
        "",
        `${title} (${url}) forbids:`,
        ...restrictions.map((each) => `  - ${each}`),
      ]),
    "",
    `Models lie in ${folder}.`,
  ];
}
