// house/owners: clock, chance, console, arguments and network are handed in; only their owners touch the globals.
import { globalOwners } from "../layers.mjs";
import { houseFile, isTestFile, roomOf } from "./where.mjs";

/** Walls that stand where this file is. */
function wallsFor(file) {
  const room = roomOf(file);
  if (room === undefined || isTestFile(file)) return [];
  return Object.entries(globalOwners).filter(([, wall]) => {
    const isWithin = wall.within.some((folder) => folder === "" || room === folder || room.startsWith(`${folder}/`));
    return isWithin && !wall.owners.includes(room);
  });
}

const memberName = (node) => {
  if (!node.computed && node.property.type === "Identifier") return node.property.name;
  return node.computed && node.property.type === "Literal" ? String(node.property.value) : undefined;
};

/** False where the name only labels something: a member, a key, a type. */
const isRead = (node) =>
  !(node.parent.type === "MemberExpression" && node.parent.property === node && !node.parent.computed) &&
  !(node.parent.type === "Property" && node.parent.key === node && !node.parent.computed && !node.parent.shorthand) &&
  !/^TS(?:TypeQuery|QualifiedName|PropertySignature|MethodSignature)$|^(?:PropertyDefinition|MethodDefinition)$/.test(
    node.parent.type,
  );

export const owners = {
  meta: { type: "problem", docs: { description: "globals that hide state have owners" } },
  create(context) {
    const walls = new Map(wallsFor(houseFile(context)));
    if (walls.size === 0) return {};
    const { sourceCode } = context;
    const complain = (node, name) => {
      const { owners: rooms, instead } = walls.get(name);
      context.report({
        node,
        message: `${name} belongs to ${rooms.join(", ")}; here, ${instead} (tools/lint/layers.mjs).`,
      });
    };
    // Nothing in the file declares the name, so it can only be the global one.
    const isGlobal = (node) => {
      for (let scope = sourceCode.getScope(node); scope; scope = scope.upper) {
        if (scope.set.get(node.name)?.defs.length > 0) return false;
      }
      return true;
    };
    return {
      // Names a global on its own: console, fetch. Types (`typeof fetch`) are no use of it.
      Identifier(node) {
        if (walls.has(node.name) && isRead(node) && isGlobal(node)) complain(node, node.name);
      },
      MemberExpression(node) {
        const { object } = node;
        if (object.type !== "Identifier" || !isGlobal(object)) return;
        const member = memberName(node);
        const name = object.name === "globalThis" ? member : `${object.name}.${member}`;
        if (walls.has(name)) complain(node, name);
      },
      NewExpression(node) {
        if (!walls.has("Date.now") || node.callee.type !== "Identifier" || node.callee.name !== "Date") return;
        if (node.arguments.length === 0 && isGlobal(node.callee)) complain(node, "Date.now");
      },
    };
  },
};
