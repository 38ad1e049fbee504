// house/file-header: every file starts by saying what it is for.

const SHORTEST_HEADER_CHARS = 20;
const isDirective = (text) => /^\s*(?:eslint|oxlint|@ts-|@vitest|\/\s*<reference)/.test(text);

export const fileHeader = {
  meta: { type: "suggestion", docs: { description: "every file starts with a comment that says what it is for" } },
  create(context) {
    return {
      Program(node) {
        const { sourceCode } = context;
        const firstToken = sourceCode.ast.tokens?.[0] ?? sourceCode.getFirstToken(node);
        const header = sourceCode
          .getAllComments()
          .filter((comment) => comment.type !== "Shebang" && !isDirective(comment.value))
          .find((comment) => !firstToken || comment.range[1] <= firstToken.range[0]);
        const text = header?.value.replaceAll(/[*\s]+/g, " ").trim() ?? "";
        if (text.length >= SHORTEST_HEADER_CHARS) return;
        context.report({
          loc: { start: { line: 1, column: 0 }, end: { line: 1, column: 0 } },
          message: "Start the file with one comment line that says what it is for, in the product's words.",
        });
      },
    };
  },
};
