// Draws docs/layers.svg from the table of shelves, so that the picture cannot tell another story than the lint rule.
// Run after each change of tools/lint/layers.mjs: node tools/docs/draw-layers.mjs
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hosts, hostsMaySee, owners, sharedOnly, shelves } from "../lint/layers.mjs";

export const picturePath = fileURLToPath(new URL("../../docs/layers.svg", import.meta.url));

// All in pixels.
const WIDTH = 1000;
const MARGIN = 20;
const SHELF_HEIGHT = 54;
const SHELF_GAP = 7;
const ROOM_GAP = 8;
const OWNED_CHAR_WIDTH = 6.2;
const OWNED_LINE_HEIGHT = 15;
const PAGE_WIDTH = 210;
const ROOM_MAX_WIDTH = 250;

const fills = { shared: "#dcebe0", core: "#dde6f3", host: "#f3e4d3", page: "#efe0ef" };
const strokes = { shared: "#4d8a62", core: "#4a6fa5", host: "#b0793d", page: "#93609a" };

const escapeXml = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function kindOf(room) {
  if (hosts.includes(room)) return "host";
  if (sharedOnly.includes(room)) return "page";
  return room.startsWith("shared/") ? "shared" : "core";
}

/** What a room alone may touch ("better-sqlite3", "net, ws"), in lines that fit `width`. */
function ownedLines(room, width) {
  const names = Object.entries(owners)
    .filter(([, rooms]) => rooms.includes(room))
    .map(([name]) => name.replace(/^node:/, ""));
  const lines = [];
  for (const name of names) {
    const joined = lines.length === 0 ? name : `${lines.at(-1)}, ${name}`;
    if (lines.length > 0 && joined.length * OWNED_CHAR_WIDTH < width - 10) lines[lines.length - 1] = joined;
    else lines.push(name);
  }
  return lines;
}

function drawRoom(room, { x, y, width, height }) {
  const kind = kindOf(room);
  const owned = ownedLines(room, width);
  const middle = x + width / 2;
  const nameY = Math.round(y + height / 2 + 5 - (owned.length * OWNED_LINE_HEIGHT) / 2);
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${fills[kind]}" stroke="${strokes[kind]}"/>`,
    `<text class="room" x="${middle}" y="${nameY}">${escapeXml(room.replace(/^core\//, ""))}</text>`,
    ...owned.map(
      (line, index) =>
        `<text class="owned" x="${middle}" y="${nameY + (index + 1) * OWNED_LINE_HEIGHT}">${escapeXml(line)}</text>`,
    ),
  ];
}

function drawShelf(rooms, y) {
  const space = WIDTH - 2 * MARGIN - PAGE_WIDTH - 2 * ROOM_GAP;
  const width = Math.min(ROOM_MAX_WIDTH, Math.floor((space - ROOM_GAP * (rooms.length - 1)) / rooms.length));
  const left = MARGIN + (space - width * rooms.length - ROOM_GAP * (rooms.length - 1)) / 2;
  return rooms.flatMap((room, index) =>
    drawRoom(room, { x: Math.round(left + index * (width + ROOM_GAP)), y, width, height: SHELF_HEIGHT }),
  );
}

/** The page stands beside the shared shelves, the only ones it sees. */
function drawPage(top, bottom) {
  const height = Math.floor((bottom - top - ROOM_GAP * (sharedOnly.length - 1)) / sharedOnly.length);
  const x = WIDTH - MARGIN - PAGE_WIDTH;
  return sharedOnly.flatMap((room, index) =>
    drawRoom(room, { x, y: top + index * (height + ROOM_GAP), width: PAGE_WIDTH, height }),
  );
}

export function drawLayers() {
  const header = 58;
  const fromTop = shelves.toReversed();
  const shelfY = (index) => header + index * (SHELF_HEIGHT + SHELF_GAP);
  const bottom = shelfY(fromTop.length) - SHELF_GAP;
  const firstShared = fromTop.findIndex((rooms) => rooms.every((room) => room.startsWith("shared/")));
  const height = bottom + MARGIN;
  const note = `Imports go downward, through index.ts. Hosts see ${hostsMaySee.join(", ")} and shared rooms.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    "<title>The shelves of the house</title>",
    "<style>text{font-family:system-ui,sans-serif;text-anchor:middle;fill:#1f2430}.room{font-size:15px;font-weight:600}.owned{font-size:11px;fill:#4c5566}.note{font-size:13px;text-anchor:start}</style>",
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text class="note" x="${MARGIN}" y="26">${escapeXml(note)}</text>`,
    `<text class="note" x="${MARGIN}" y="44">Small print: what this room alone may touch. Right: the sandboxed page, which sees shared rooms only.</text>`,
    ...fromTop.flatMap((rooms, index) => drawShelf(rooms, shelfY(index))),
    ...drawPage(shelfY(firstShared), bottom),
    "</svg>\n",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(picturePath, drawLayers());
