// house/no-swallow: an error is handled, translated or passed on; logging it and carrying on is none of these.

const LOG_CALLS = /^(?:console|log|logger)$/;
const ADVICE =
  "Rethrow it, wrap it with failed(code, { message, cause }), or test for the one error you expect and rethrow the rest.";

function isLogCall(node) {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const { object } = node.callee;
  if (object.type === "Identifier") return LOG_CALLS.test(object.name);
  return (
    object.type === "MemberExpression" && object.property.type === "Identifier" && LOG_CALLS.test(object.property.name)
  );
}

const isNothing = (node) =>
  node === null ||
  (node.type === "Identifier" && node.name === "undefined") ||
  (node.type === "Literal" && node.value === null && node.raw === "null") ||
  (node.type === "UnaryExpression" && node.operator === "void");

/** A statement which leaves no trace of the error for the caller. */
function isSilent(statement) {
  if (statement.type === "ExpressionStatement") return isLogCall(statement.expression);
  if (statement.type === "ReturnStatement") return isNothing(statement.argument);
  return statement.type === "ContinueStatement" || statement.type === "BreakStatement";
}

function isSilentHandler(handler) {
  if (handler?.type === "Identifier") return handler.name === "noop";
  if (handler?.type !== "ArrowFunctionExpression" && handler?.type !== "FunctionExpression") return false;
  if (handler.body.type === "BlockStatement") return handler.body.body.every(isSilent);
  return isNothing(handler.body) || isLogCall(handler.body);
}

export const noSwallow = {
  meta: { type: "problem", docs: { description: "no error disappears" } },
  create(context) {
    return {
      CatchClause(node) {
        if (node.body.body.every(isSilent)) context.report({ node, message: `This error is swallowed. ${ADVICE}` });
      },
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== "MemberExpression" || callee.computed || callee.property.name !== "catch") return;
        if (node.arguments.length === 1 && isSilentHandler(node.arguments[0])) {
          context.report({ node: callee.property, message: `This rejection is swallowed. ${ADVICE}` });
        }
      },
    };
  },
};
