// Starts the page: strings first, then the connection, then the window.
import "./no-eval.ts";
import "@fontsource-variable/inter/wght.css";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/fields.css";
import "./ui/dialog.css";
import { createRoot } from "react-dom/client";
import { assert } from "../shared/failure/index.ts";
import { App } from "./app.tsx";
import { createConnection } from "./connection/connection.ts";
import { openTransport } from "./connection/host-bridge.ts";
import { createMirror } from "./connection/mirror.ts";
import { nearestLanguage } from "./i18n/languages.ts";
import { startI18n } from "./i18n/setup.ts";
import { notify, notifyOfRead } from "./state/notices.ts";
import { followSystemTheme, readSettings } from "./state/settings.ts";

const root = document.querySelector("#root");
assert(root, "the page has a root");

await startI18n(nearestLanguage(navigator.languages));
followSystemTheme();

const connection = createConnection(openTransport);
const mirror = createMirror(connection, notifyOfRead);
// Once: after a reconnect the page keeps what a person has chosen meanwhile.
const stopReading = connection.onOpen(() => {
  stopReading();
  readSettings(connection.operations).catch(notify);
});

createRoot(root).render(<App core={{ connection, mirror }} />);
