// Has a voice speak a text, and hears from it when each phone sounds.
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { phonesOf, timed } from "./phones.ts";
import type { TimedPhone } from "./phones.ts";
import type { Voice } from "./voices.ts";

export type Utterance = {
  /** Mono, -1..1. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
  readonly phones: readonly TimedPhone[];
};

export type SpeakOptions = {
  /** Speed against the voice's own, 1 = unchanged. */
  readonly speedRatio: number;
  /** Pitch against the voice's own; festival's recorded voices keep theirs. */
  readonly pitchRatio: number;
  /** For files of the synthesizer; the caller's to remove. */
  readonly folder: string;
  readonly name: string;
};

/** Runs a program to its end; its stdout. The text goes in on stdin. */
function run(program: string, args: readonly string[], text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} failed: ${stderr || error.message}`, { cause: error }));
    });
    child.stdin?.end(text);
  });
}

/** espeak-ng's command does not tell when a phone begins, its library does: a small program of ours asks it. */
export async function buildEspeakTimes(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const program = join(folder, "espeak-times");
  await run("cc", ["-O2", "-o", program, join(import.meta.dirname, "espeak-times.c"), "-lespeak-ng"], "");
  return program;
}

type Spoken = { readonly wavPath: string; readonly phones: readonly TimedPhone[] };

const synthesizers: Readonly<
  Record<Voice["synthesizer"], (voice: Voice, text: string, options: SpeakOptions) => Promise<Spoken>>
> = {
  flite: async (voice, text, { speedRatio, pitchRatio, folder, name }) => {
    const wavPath = join(folder, `${name}.wav`);
    const settings = ["--setf", `duration_stretch=${1 / speedRatio}`, "--setf", `f0_shift=${pitchRatio}`];
    // A long text is spoken sentence by sentence and its times begin again at each: one sentence a call keeps them right.
    const printed = await run("flite", ["-voice", voice.id, ...settings, "-psdur", "-t", text, "-o", wavPath], "");
    let before = 0;
    const ends = [...printed.matchAll(/([a-z]+):([0-9.]+)/gu)].map(([, phone, end]) => ({
      phone: phone ?? "",
      toSeconds: Number(end),
    }));
    const phones = ends.flatMap(({ phone, toSeconds }) => {
      const found = timed(phonesOf(phone, voice.phoneSet), before, toSeconds);
      before = toSeconds;
      return found;
    });
    return { wavPath, phones };
  },
  festival: async (voice, text, { speedRatio, folder, name }) => {
    const [wavPath, segPath] = [join(folder, `${name}.wav`), join(folder, `${name}.seg`)];
    const quoted = text.replaceAll(/["\\]/gu, "");
    const script = `(voice_${voice.id})
      (Parameter.set 'Duration_Stretch ${1 / speedRatio})
      (set! spoken (utt.synth (Utterance Text "${quoted}")))
      (utt.save.segs spoken "${segPath}")
      (utt.save.wave spoken "${wavPath}" 'riff)`;
    const scriptPath = join(folder, `${name}.scm`);
    await writeFile(scriptPath, script);
    await run("festival", ["-b", scriptPath], "");
    let before = 0;
    const phones: TimedPhone[] = [];
    for (const line of (await readFile(segPath, "utf8")).split("\n")) {
      const [end, , phone] = line.trim().split(/\s+/u);
      if (phone === undefined || end === undefined || line.startsWith("#")) continue;
      phones.push(...timed(phonesOf(phone, voice.phoneSet), before, Number(end)));
      before = Number(end);
    }
    await Promise.all([rm(scriptPath), rm(segPath)]);
    return { wavPath, phones };
  },
  "espeak-ng": async (voice, text, { speedRatio, pitchRatio, folder, name }) => {
    const wavPath = join(folder, `${name}.wav`);
    const program = join(dirname(folder), "espeak-times");
    const settings = [String(Math.round(165 * speedRatio)), String(Math.round(50 * pitchRatio))];
    const printed = await run(program, [voice.id, ...settings, wavPath], text);
    const starts = printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [start, phone] = line.split("\t");
        return { phone: phone ?? "", fromSeconds: Number(start) };
      });
    const phones = starts.flatMap(({ phone, fromSeconds }, index) => {
      const found = phonesOf(phone, voice.phoneSet);
      const toSeconds = starts[index + 1]?.fromSeconds ?? fromSeconds + 0.1;
      return timed(found, fromSeconds, toSeconds);
    });
    return { wavPath, phones: phones.map(earlierStops(phones)) };
  },
};

const stops = new Set(["p", "b", "t", "d", "k", "g"]);
/** espeak-ng tells a stop at its burst; the lips have closed this long before. */
const closureSeconds = 0.045;

const earlierStops =
  (all: readonly TimedPhone[]) =>
  (timedPhone: TimedPhone, index: number): TimedPhone => {
    const early = (neighbour: TimedPhone | undefined) =>
      neighbour !== undefined && stops.has(neighbour.phone) ? closureSeconds : 0;
    return {
      phone: timedPhone.phone,
      fromSeconds: Math.max(0, timedPhone.fromSeconds - early(timedPhone)),
      toSeconds: Math.max(timedPhone.fromSeconds, timedPhone.toSeconds - early(all[index + 1])),
    };
  };

/** `text` spoken. For flite and festival one sentence; the espeak-times program lies in the folder above `folder`. */
export async function speak(voice: Voice, text: string, options: SpeakOptions): Promise<Utterance> {
  const { wavPath, phones } = await synthesizers[voice.synthesizer](voice, text, options);
  const { samples, sampleRateHz } = readWav(await readFile(wavPath));
  await rm(wavPath);
  return { samples, sampleRateHz, phones };
}

/** 16-bit mono RIFF, as all three synthesizers write it. */
export function readWav(file: Buffer): { readonly samples: Float32Array; readonly sampleRateHz: number } {
  let sampleRateHz = 0;
  for (let at = 12; at + 8 <= file.length;) {
    const kind = file.toString("latin1", at, at + 4);
    const byteCount = file.readUInt32LE(at + 4);
    if (kind === "fmt ") {
      if (file.readUInt16LE(at + 10) !== 1 || file.readUInt16LE(at + 22) !== 16)
        throw new Error("expected 16-bit mono");
      sampleRateHz = file.readUInt32LE(at + 12);
    }
    if (kind === "data") {
      const sampleCount = Math.floor(Math.min(byteCount, file.length - at - 8) / 2);
      const samples = Float32Array.from(
        { length: sampleCount },
        (_, index) => file.readInt16LE(at + 8 + index * 2) / 32768,
      );
      return { samples, sampleRateHz };
    }
    at += 8 + byteCount + (byteCount % 2);
  }
  throw new Error("the WAV file has no data");
}
