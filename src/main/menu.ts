// The application menu: the system's own roles, so that copy, paste, zoom and quit work as everywhere.
import type { MenuItemConstructorOptions } from "electron";

/** Roles only: they come translated by the system, and run no code of ours. */
export function menuTemplate(platform: NodeJS.Platform): readonly MenuItemConstructorOptions[] {
  const mac: readonly MenuItemConstructorOptions[] = platform === "darwin" ? [{ role: "appMenu" }] : [];
  return [
    ...mac,
    { role: "fileMenu" },
    {
      role: "editMenu",
      // No undo and redo here: the editor has its own, which reach every edit of the project.
      submenu: [{ role: "cut" }, { role: "copy" }, { role: "paste" }, { role: "selectAll" }],
    },
    {
      label: "View",
      submenu: [{ role: "resetZoom" }, { role: "zoomIn" }, { role: "zoomOut" }, { role: "togglefullscreen" }],
    },
    { role: "windowMenu" },
  ];
}
