// Says that the core is out of reach, and what that means for the work: nothing is lost, it reconnects by itself.
import { useTranslation } from "react-i18next";
import { useConnection, useConnectionState } from "../connection/core-context.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import "./connection-banner.css";

export function ConnectionBanner() {
  const { t } = useTranslation();
  const connection = useConnection();
  const state = useConnectionState((each) => each.state);
  const attempts = useConnectionState((each) => each.attempts);
  const isShown = state === "lost" || (state === "connecting" && attempts > 1);
  return (
    <div role="status">
      {isShown ? (
        <div className="connection-banner">
          <Icon name="warning" />
          <strong>{t("connection.lost")}</strong>
          <span>{t("connection.lostDetail", { attempts: Math.max(1, attempts) })}</span>
          <Button onPress={connection.retryNow}>{t("connection.reconnect")}</Button>
        </div>
      ) : null}
    </div>
  );
}
