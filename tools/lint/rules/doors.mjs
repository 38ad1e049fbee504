// house/doors: a room's index.ts names what the room offers, and holds nothing else.
import { houseFile } from "./where.mjs";

export const doors = {
  meta: { type: "suggestion", docs: { description: "doors re-export by name and hold no code" } },
  create(context) {
    const file = houseFile(context);
    if (!file.startsWith("src/")) return {};
    const isDoor = file.endsWith("/index.ts");
    return {
      ExportAllDeclaration(node) {
        context.report({ node, message: "Export by name: a door without names tells no one what the room offers." });
      },
      Program(node) {
        if (!isDoor) return;
        for (const statement of node.body) {
          const isReexport = statement.type === "ExportNamedDeclaration" && statement.source !== null;
          if (isReexport || statement.type === "ExportAllDeclaration") continue;
          const message =
            'index.ts is a door: only `export { name } from "./file.ts"`; move this into a file of the room.';
          context.report({ node: statement, message });
        }
      },
    };
  },
};
