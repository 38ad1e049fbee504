// Text in columns, calm and aligned; numbers for people. Pure.

/** Rows whose columns line up; the last column runs free. East Asian characters count as two. */
export function columns(
  rows: readonly (readonly string[])[],
  { indent = 0, alignRight = [] }: { readonly indent?: number; readonly alignRight?: readonly number[] } = {},
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  return rows.map((row) => {
    const cells = row.map((cell, index) => {
      const padding = " ".repeat((widths[index] ?? 0) - widthOf(cell));
      if (alignRight.includes(index)) return padding + cell;
      return index === row.length - 1 ? cell : cell + padding;
    });
    return (" ".repeat(indent) + cells.join("  ")).trimEnd();
  });
}

/** Columns that a terminal gives to a text. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

// Blocks of East Asian Wide and Fullwidth (Unicode Annex 11), coarsely.
const isWide = (codePoint: number): boolean =>
  (codePoint >= 0x1100 && codePoint <= 0x115f) ||
  (codePoint >= 0x2e80 && codePoint <= 0xa4cf) ||
  (codePoint >= 0xac00 && codePoint <= 0xd7a3) ||
  (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
  (codePoint >= 0xfe30 && codePoint <= 0xfe6f) ||
  (codePoint >= 0xff00 && codePoint <= 0xff60) ||
  (codePoint >= 0x1f300 && codePoint <= 0x1faff) ||
  (codePoint >= 0x20000 && codePoint <= 0x3fffd);

/** `text` cut to `width` columns, with an ellipsis when something is missing. */
export function fitTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

const byteUnits = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** 1234567 -> "1.2 MB". */
export function sizeText(byteCount: number): string {
  let [value, unit] = [byteCount, 0];
  while (value >= 999.5 && unit < byteUnits.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${byteUnits[unit]}`;
}

/** 3_725_000 -> "1:02:05"; less than an hour as "2:05". */
export function durationText(durationMs: number): string {
  const allSeconds = Math.round(durationMs / 1000);
  const [hours, minutes, seconds] = [
    Math.floor(allSeconds / 3600),
    Math.floor(allSeconds / 60) % 60,
    String(allSeconds % 60).padStart(2, "0"),
  ];
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** 12345.6 -> "12.3 k", for rates. */
export function countText(count: number): string {
  if (count >= 999_500) return `${(count / 1e6).toFixed(1)} M`;
  if (count >= 9_999.5) return `${(count / 1e3).toFixed(1)} k`;
  return count >= 100 ? String(Math.round(count)) : count.toFixed(1).replace(/\.0$/, "");
}

/** "2026-11-20T10:30:05.000Z" -> "2026-11-20 10:30" in the machine's own zone. */
export function momentText(isoTime: string): string {
  const time = new Date(isoTime);
  const two = (value: number) => String(value).padStart(2, "0");
  return (
    `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}`
  );
}

/** "startTimecode" -> "Start timecode". */
export function labelOf(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
