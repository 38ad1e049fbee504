// Permissions of pages: none. Electron's default is to allow, so every handler is set.
import type { Session } from "electron";

export function denyAllPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}
