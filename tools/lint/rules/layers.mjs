// house/layers: imports go downward, through the door, and each dangerous package is named by its owner only.
import { isBuiltin } from "node:module";
import { hosts, hostsMaySee, owners, sharedOnly, sharedPackages, shelves } from "../layers.mjs";
import { houseFile, isTestFile, resolveInside, roomOf } from "./where.mjs";

const TABLE = "(tools/lint/layers.mjs)";
const shelfOf = (room) => shelves.findIndex((rooms) => rooms.includes(room));
const isKnown = (room) => shelfOf(room) >= 0 || sharedOnly.includes(room);
const isShared = (room) => room.startsWith("shared/");
const runsInThePage = (room) => sharedOnly.includes(room);

/** "react" for "react/jsx-runtime", "@scope/name" for "@scope/name/sub", "node:fs" for "fs" and "fs/promises". */
function packageOf(specifier) {
  if (isBuiltin(specifier)) return `node:${specifier.replace(/^node:/, "").split("/")[0]}`;
  const [first, second] = specifier.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

function complaintAboutPackage(room, specifier) {
  const name = packageOf(specifier);
  const allowed = Object.hasOwn(owners, name) ? owners[name] : undefined;
  if (allowed !== undefined && !allowed.includes(room)) {
    return allowed.length === 0
      ? `${name} is used nowhere in this house; find another way or change the owners ${TABLE} with a decision record.`
      : `${name} belongs to ${allowed.join(", ")}; ${room} asks that room for what it needs ${TABLE}.`;
  }
  if (name.startsWith("node:") && (isShared(room) || runsInThePage(room))) {
    return `${room} runs where there is no Node, so it cannot import ${name}; do this in the core and ask for it through the contract.`;
  }
  if (isShared(room) && !sharedPackages.includes(name)) {
    return `${room} runs anywhere and may use only ${sharedPackages.join(", ")}; move what needs ${name} into a room of the core.`;
  }
  return undefined;
}

function complaintAboutDoor(target, targetRoom) {
  const door = `src/${targetRoom}/index.ts`;
  if (target === door) return undefined;
  return `Go through the door: import from ${door}; if it does not offer this, export it there by name.`;
}

/** A test may also look sideways, at rooms of its own shelf. */
function complaintAboutShelf(room, targetRoom, isTest) {
  if (sharedOnly.includes(room)) {
    if (isShared(targetRoom)) return undefined;
    return `${room} sees shared rooms only; ask ${targetRoom} through the contract.`;
  }
  if (sharedOnly.includes(targetRoom))
    return `${targetRoom} is imported by nobody; put what both need into a shared room.`;
  if (hosts.includes(room) && !hosts.includes(targetRoom)) {
    if (isShared(targetRoom) || hostsMaySee.includes(targetRoom) || isTest) return undefined;
    return `Hosts see ${hostsMaySee.join(", ")} and shared rooms; let core/commands offer what ${targetRoom} does.`;
  }
  const from = shelfOf(room);
  const to = shelfOf(targetRoom);
  if (to < from || (isTest && to === from)) return undefined;
  const direction = to === from ? "the same shelf" : "a higher shelf";
  return `${room} may not import ${targetRoom}: ${direction} ${TABLE}. Take it as an argument, or move the shared part down.`;
}

function complaintAboutFile(file, specifier) {
  const target = resolveInside(file, specifier);
  const room = roomOf(file);
  const targetRoom = roomOf(target);
  const isTest = isTestFile(file);
  if (targetRoom === undefined) {
    if (room === undefined) return undefined;
    if (target.startsWith("native/") && room !== "core/native")
      return "The addon belongs to core/native; import its door.";
    if (target.startsWith("tools/") && !isTest) return "src never imports tools: tools are not shipped.";
    if (target.startsWith("test/") && !(isTest && target.startsWith("test/support/"))) {
      return isTest
        ? "From test/, only test/support may be imported."
        : "src never imports test: tests are not shipped.";
    }
    return undefined;
  }
  if (targetRoom === room) return undefined;
  if (!isKnown(targetRoom))
    return `${targetRoom} is not on the table of shelves ${TABLE}; give it a place there first.`;
  // Tests that span rooms and tools stand outside the shelves; they still use the doors of shared and core.
  if (room === undefined) {
    return targetRoom.includes("/") ? complaintAboutDoor(target, targetRoom) : undefined;
  }
  return complaintAboutShelf(room, targetRoom, isTest) ?? complaintAboutDoor(target, targetRoom);
}

function complaintAbout(file, specifier) {
  if (specifier.startsWith(".")) return complaintAboutFile(file, specifier);
  const room = roomOf(file);
  return room === undefined || isTestFile(file) ? undefined : complaintAboutPackage(room, specifier);
}

export const layers = {
  meta: { type: "problem", docs: { description: "imports go downward, through doors, and packages have owners" } },
  create(context) {
    const file = houseFile(context);
    const check = (source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const message = complaintAbout(file, source.value);
      if (message !== undefined) context.report({ node: source, message });
    };
    return {
      Program(node) {
        const room = roomOf(file);
        // Ambient declarations of a whole side of the house (src/shared/globals.d.ts) stand between the rooms.
        if (!file.startsWith("src/") || file.endsWith(".d.ts")) return;
        if (room === undefined) {
          context.report({
            node,
            message: "Every file of src lives in a room: src/shared/NAME/, src/core/NAME/ or a host.",
          });
        } else if (!isKnown(room)) {
          context.report({
            node,
            message: `${room} is not on the table of shelves ${TABLE}; give it a place there first.`,
          });
        }
      },
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal ?? node.argument),
      CallExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "require") check(node.arguments[0]);
      },
    };
  },
};
