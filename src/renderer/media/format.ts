// Numbers as people read them, in their language.

const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Decimal units, as systems and disks count: "2.11 MB". */
export function formatBytes(sizeBytes: number, language: string): string {
  const power = sizeBytes < 1000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(sizeBytes) / 3));
  const value = sizeBytes / 1000 ** power;
  const unit = byteUnits[power] ?? "byte";
  const maximumFractionDigits = power === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  // The short form of a byte knows no plural: "17 byte".
  const unitDisplay = power === 0 ? "long" : "short";
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay, maximumFractionDigits }).format(value);
}

export const formatCount = (count: number, language: string): string => new Intl.NumberFormat(language).format(count);

/** "48 kHz", "44.1 kHz". */
export const formatSampleRate = (sampleRateHz: number): string => `${sampleRateHz / 1000} kHz`;

/** The last part of a path, on any system. */
export const fileNameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
