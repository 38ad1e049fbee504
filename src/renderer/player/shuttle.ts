// J K L as on every machine of the trade: the same key again doubles the speed, the other one turns around, K stops.

export type ShuttleKey = "back" | "stop" | "forward";

const fastestRatio = 8;
/** With K held. */
export const slowRatio = 0.25;

/** Speeds are ratios of the normal one; negative plays backward, 0 stands. */
export function nextSpeed(speedRatio: number, key: ShuttleKey): number {
  if (key === "stop") return 0;
  const sign = key === "forward" ? 1 : -1;
  if (speedRatio * sign <= 0 || Math.abs(speedRatio) < 1) return sign;
  return sign * Math.min(fastestRatio, Math.abs(speedRatio) * 2);
}
