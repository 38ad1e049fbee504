// house/no-boolean-parameters: `open(path, true)` tells its reader nothing.
import { houseFile, isTestFile } from "./where.mjs";

const isBoolean = (param) => {
  const target = param.type === "AssignmentPattern" ? param.left : param;
  const isDefaultBoolean = param.type === "AssignmentPattern" && typeof param.right.value === "boolean";
  return isDefaultBoolean || target.typeAnnotation?.typeAnnotation.type === "TSBooleanKeyword";
};

export const noBooleanParameters = {
  meta: { type: "suggestion", docs: { description: "a flag is named where it is given" } },
  create(context) {
    const file = houseFile(context);
    if (!file.startsWith("src/") || isTestFile(file)) return {};
    // With one parameter, the function's own name says what it means.
    const check = ({ params }) => {
      if (params.length < 2) return;
      for (const param of params.filter(isBoolean)) {
        const message =
          "A flag among other parameters has no name at the call: take an options object, or make two functions.";
        context.report({ node: param, message });
      }
    };
    return {
      FunctionDeclaration: check,
      "Program > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression": check,
      "Program > ExportNamedDeclaration > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression": check,
    };
  },
};
