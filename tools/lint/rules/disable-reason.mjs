// house/disable-reason: whoever switches a rule off says why, so that the next reader can judge it.

export const disableReason = {
  meta: { type: "suggestion", docs: { description: "a disable comment gives its reason after --" } },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (!/^\s*(?:oxlint|eslint)-disable/.test(comment.value) || /\s--\s+\S.{8,}/s.test(comment.value)) continue;
          context.report({
            loc: comment.loc,
            message: "Say why the rule is off here: `oxlint-disable-next-line RULE -- reason`.",
          });
        }
      },
    };
  },
};
