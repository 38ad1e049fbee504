// A short film of one made person who talks in the middle of the picture: for tests of the whole road from import to take.
import { rm, writeFile } from "node:fs/promises";
import { drawHead, readHeadStills } from "./head-stills.ts";
import type { Canvas, HeadView } from "./head-stills.ts";
import { ffmpeg } from "./media.ts";

const [widthPx, heightPx] = [640, 360];
const mouths: readonly HeadView[] = ["shut", "ah", "ee", "shut", "ah"];

/** 25 frames a second, H.264, with a tone for sound; the mouth changes every third frame. */
export async function writeTalkingHead(file: string, frameCount: number): Promise<void> {
  const stills = await readHeadStills();
  const frames = Array.from({ length: frameCount }, (_, frame) => {
    const canvas: Canvas = { widthPx, heightPx, rgb: new Uint8ClampedArray(3 * widthPx * heightPx) };
    for (let at = 0; at < canvas.rgb.length; at++) canvas.rgb[at] = 70 + (Math.floor(at / 3) % widthPx) / 16;
    const mouth = mouths[Math.floor(frame / 3) % mouths.length] ?? "shut";
    const place = {
      x: 320 + 12 * Math.sin(frame / 20),
      y: 170,
      heightPx: 380,
      leanRadians: 0.03 * Math.sin(frame / 15),
    };
    drawHead(canvas, stills("anna", mouth), place);
    return new Uint8Array(canvas.rgb.buffer);
  });
  const raw = `${file}.rgb`;
  await writeFile(raw, Buffer.concat(frames));
  const picture = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${widthPx}x${heightPx}`, "-r", "25", "-i", raw];
  const sound = ["-f", "lavfi", "-i", "sine=180:r=48000", "-shortest", "-c:a", "aac"];
  const coded = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p"];
  await ffmpeg(...picture, ...sound, ...coded, file);
  await rm(raw);
}

/** Two stretches of a tone that a listener takes for speech, over a faint floor. */
export async function writeDialogue(file: string): Promise<void> {
  const voice = "sine=200:r=48000:d=3,volume='if(between(t,0.4,1)+between(t,1.8,2.6),2,0.0005)':eval=frame";
  await ffmpeg("-f", "lavfi", "-i", voice, "-c:a", "pcm_s16le", file);
}
