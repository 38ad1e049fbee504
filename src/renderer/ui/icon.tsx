// Our icons: one grid of 16 pixels, one stroke. Solid shapes are for the transport, as on every machine of the trade.
import type { ReactNode } from "react";

const solid = (path: string): ReactNode => <path className="solid" d={path} />;
const stroke = (path: string): ReactNode => <path d={path} />;

const icons = {
  play: solid("M4.5 2.8v10.4a.5.5 0 0 0 .77.42l8-5.2a.5.5 0 0 0 0-.84l-8-5.2a.5.5 0 0 0-.77.42z"),
  pause: solid("M4 3h2.8v10H4zM9.2 3H12v10H9.2z"),
  "to-start": solid(
    "M3 3h1.8v10H3zM13 3.4v9.2a.4.4 0 0 1-.62.33L5.6 8.33a.4.4 0 0 1 0-.66l6.78-4.6A.4.4 0 0 1 13 3.4z",
  ),
  "to-end": solid(
    "M11.2 3H13v10h-1.8zM3 3.4v9.2c0 .32.36.5.62.33l6.78-4.6a.4.4 0 0 0 0-.66l-6.78-4.6A.4.4 0 0 0 3 3.4z",
  ),
  "step-back": solid("M11 3.4v9.2a.4.4 0 0 1-.63.33L4.2 8.33a.4.4 0 0 1 0-.66l6.17-4.6A.4.4 0 0 1 11 3.4z"),
  "step-forward": solid("M5 3.4v9.2c0 .33.37.52.63.33l6.17-4.6a.4.4 0 0 0 0-.66l-6.17-4.6A.4.4 0 0 0 5 3.4z"),
  rewind: solid(
    "M8 3.6v8.8a.4.4 0 0 1-.63.32L1.6 8.32a.4.4 0 0 1 0-.64l5.77-4.4A.4.4 0 0 1 8 3.6zM15 3.6v8.8a.4.4 0 0 1-.63.32L8.6 8.32a.4.4 0 0 1 0-.64l5.77-4.4a.4.4 0 0 1 .63.32z",
  ),
  forward: solid(
    "M8 3.6v8.8c0 .33.37.52.63.32l5.77-4.4a.4.4 0 0 0 0-.64l-5.77-4.4A.4.4 0 0 0 8 3.6zM1 3.6v8.8c0 .33.37.52.63.32l5.77-4.4a.4.4 0 0 0 0-.64l-5.77-4.4A.4.4 0 0 0 1 3.6z",
  ),
  sound: stroke("M2.5 6v4h2.3L8 12.8V3.2L4.8 6H2.5zM10.4 5.8a3.1 3.1 0 0 1 0 4.4M12.3 4a5.7 5.7 0 0 1 0 8"),
  muted: stroke("M2.5 6v4h2.3L8 12.8V3.2L4.8 6H2.5zM10.8 6.2l3.4 3.6M14.2 6.2l-3.4 3.6"),
  undo: stroke("M5.5 2.8 2.6 5.7l2.9 2.9M3 5.7h6.2a3.9 3.9 0 0 1 0 7.8H6"),
  redo: stroke("m10.5 2.8 2.9 2.9-2.9 2.9M13 5.7H6.8a3.9 3.9 0 0 0 0 7.8H10"),
  folder: stroke("M1.8 4.2v8a1 1 0 0 0 1 1h10.4a1 1 0 0 0 1-1V5.6a1 1 0 0 0-1-1H7.8L6.2 3H2.8a1 1 0 0 0-1 1.2z"),
  film: stroke("M2.2 3h11.6v10H2.2zM5 3v10M11 3v10M2.2 6.3H5M2.2 9.7H5M11 6.3h2.8M11 9.7h2.8"),
  wave: stroke("M1.8 8h1.4M4.6 5.4v5.2M7.2 3v10M9.8 5.8v4.4M12 6.8v2.4M14.2 8h.01"),
  file: stroke("M4 1.8h5.2L12.4 5v9.2H4zM9 2v3.2h3.2"),
  project: stroke("M2 5h12v8.2H2zM2 5l1.4-2.4h9.2L14 5M5 8h6"),
  plus: stroke("M8 3v10M3 8h10"),
  minus: stroke("M3 8h10"),
  close: stroke("m4 4 8 8M12 4l-8 8"),
  check: stroke("m3 8.4 3.2 3.2L13 4.8"),
  up: stroke("M8 13V3.4M3.8 7.4 8 3.2l4.2 4.2"),
  chevron: stroke("m4.5 6.2 3.5 3.6 3.5-3.6"),
  more: solid(
    "M3.2 6.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zm4.8 0a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zm4.8 0a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4z",
  ),
  warning: stroke("M8 2.4 14.4 13.4H1.6zM8 6.6v3.2M8 11.7v.01"),
  failed: stroke("M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.8v3.8M8 11v.01"),
  language: stroke(
    "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM1.8 8h12.4M8 1.8c2 1.7 2.8 3.8 2.8 6.2S10 12.5 8 14.2c-2-1.7-2.8-3.8-2.8-6.2S6 3.5 8 1.8z",
  ),
  theme: stroke("M8 2a6 6 0 1 0 0 12V2zM8 2a6 6 0 0 1 0 12"),
  import: stroke("M8 2.2v7.6M4.8 6.8 8 10l3.2-3.2M2.4 10.8v2.8h11.2v-2.8"),
  retry: stroke("M13 8a5 5 0 1 1-1.6-3.7M13.2 2.2v2.8h-2.8"),
  log: stroke("M3 3.2h10M3 6.4h10M3 9.6h7M3 12.8h5"),
  trash: stroke("M2.8 4.4h10.4M6 4.2V2.6h4v1.6M4.2 4.6l.6 8.8h6.4l.6-8.8M6.7 7v4M9.3 7v4"),
  fit: stroke("M2 4v8M14 4v8M4.6 8h6.8M6.6 5.8 4.4 8l2.2 2.2M9.4 5.8 11.6 8l-2.2 2.2"),
  copy: stroke("M5.4 5.4h8v8h-8zM10.6 5.2V2.6h-8v8h2.6"),
  model: stroke("M8 1.900 13.400 5v6L8 14.100 2.600 11V5zM2.800 5.100 8 8.100l5.200-3M8 8.100v5.800"),
  verify: stroke(
    "M8 1.800 13 3.600v4.200c0 3-2.100 5.200-5 6.400-2.900-1.200-5-3.400-5-6.400V3.600zM5.600 8l1.800 1.800 3.200-3.600",
  ),
  segments: stroke("M2 4.400h4.600v3H2zM9 4.400h5v3H9zM4.400 9.600h7v3h-7z"),
  loop: stroke(
    "M4.600 5.600h6.200a2.600 2.600 0 0 1 2.600 2.600M11.400 10.400H5.200a2.600 2.600 0 0 1-2.600-2.600M6.600 3.600l-2 2 2 2M9.400 8.400l2 2-2 2",
  ),
  star: stroke("M8 2.200 9.800 6l4.100.500-3 2.800.800 4.100L8 11.400l-3.700 2 .800-4.100-3-2.800L6.200 6z"),
  "star-full": solid("M8 2.200 9.800 6l4.100.500-3 2.800.800 4.100L8 11.400l-3.700 2 .800-4.100-3-2.800L6.200 6z"),
  face: stroke(
    "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.800 6.600v.010M10.200 6.600v.010M5.600 9.800c1.300 1.400 3.500 1.400 4.800 0",
  ),
  search: stroke("M7 2.600a4.400 4.400 0 1 0 0 8.800 4.400 4.400 0 0 0 0-8.800zM10.200 10.200l3.200 3.200"),
  spark: stroke("M8 2v3M8 11v3M2 8h3M11 8h3M4 4l1.600 1.600M10.400 10.400 12 12M12 4l-1.600 1.600M5.600 10.400 4 12"),
  question: stroke(
    "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.300 6.400a1.800 1.800 0 1 1 2.600 1.600c-.600.300-.900.600-.900 1.200M8 11.200v.010",
  ),
  circle: stroke("M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z"),
  clock: stroke("M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.6"),
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof icons;

/** Decoration only: what it means is said by the label beside or around it. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {icons[name]}
    </svg>
  );
}
