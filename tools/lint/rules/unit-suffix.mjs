// house/unit-suffix: a number whose name is a quantity says its unit: offsetFrames, durationMs, sampleRateHz, gainDb.
import { houseFile, isTestFile } from "./where.mjs";

// Refused at the end of a name ("fadeDuration") and alone; refused alone only: "startFrame" and "melFrame" say enough.
const QUANTITY_AT_END = /(?:^|[a-z0-9])(duration|offset|delay|timeout|interval|latency|gain|rate)$/i;
const QUANTITY_ALONE = new Set(["start", "end", "frame", "time"]);
// Numbers without a unit that the trade calls so, and names which carry the unit in front.
const COMPLETE = /^(?:learningRate|dropoutRate|byteOffset|bitOffset)$|(?:Byte|Bit)Offset$/;

const saysNumber = (type) =>
  type?.type === "TSNumberKeyword" || (type?.type === "TSUnionType" && type.types.some(saysNumber));

function isBareQuantity(name) {
  if (COMPLETE.test(name)) return false;
  return QUANTITY_ALONE.has(name) || QUANTITY_AT_END.test(name);
}

export const unitSuffix = {
  meta: { type: "suggestion", docs: { description: "a number's name carries its unit" } },
  create(context) {
    const file = houseFile(context);
    if (!file.startsWith("src/") || isTestFile(file)) return {};
    const check = (node, name, isNumber) => {
      if (!isNumber || !isBareQuantity(name)) return;
      const example = name.toLowerCase().endsWith("rate") ? `${name}Hz` : `${name}Frames, ${name}Ms or ${name}Bytes`;
      const message = `"${name}" is a number without a unit: name it ${example}, or give it a branded type.`;
      context.report({ node, message });
    };
    const checkParameter = (param) => {
      const target = param.type === "AssignmentPattern" ? param.left : param;
      if (target.type !== "Identifier") return;
      const isDefaultNumber = param.type === "AssignmentPattern" && typeof param.right.value === "number";
      check(target, target.name, isDefaultNumber || saysNumber(target.typeAnnotation?.typeAnnotation));
    };
    const checkParameters = (node) => node.params.forEach(checkParameter);
    const checkProperty = (node) => {
      if (node.computed || node.key.type !== "Identifier") return;
      check(node.key, node.key.name, saysNumber(node.typeAnnotation?.typeAnnotation));
    };
    return {
      FunctionDeclaration: checkParameters,
      FunctionExpression: checkParameters,
      ArrowFunctionExpression: checkParameters,
      TSFunctionType: checkParameters,
      TSMethodSignature: checkParameters,
      TSDeclareFunction: checkParameters,
      TSPropertySignature: checkProperty,
      PropertyDefinition: checkProperty,
    };
  },
};
