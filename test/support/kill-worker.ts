// A worker that imports files which aren't there: the product's orders, pieces and records, without ffmpeg's seconds.
import { createHash } from "node:crypto";
import { z } from "zod";
import { systemClock } from "../../src/core/base/index.ts";
import { serveJobs } from "../../src/core/jobs/index.ts";
import type { JsonValue } from "../../src/core/jobs/index.ts";
import { sampleMedia, sampleReel } from "./sample-records.ts";

const orderSchema = z.object({ path: z.string(), mediaId: z.string(), reelId: z.string() });

serveJobs(
  {
    "media.import": async (input, context): Promise<JsonValue> => {
      const { path, mediaId, reelId } = orderSchema.parse(input);
      context.stage("reading the file");
      if (!context.pieces.has("records")) {
        const mediaHash = createHash("sha256").update(path).digest("hex");
        const base = sampleMedia();
        const media = { ...base, id: mediaId, path, identity: { ...base.identity, mediaHash } };
        const reel = { ...sampleReel(), id: reelId, mediaId };
        const facts = JSON.parse(JSON.stringify({ media, reel })) as JsonValue;
        await context.commitPiece({ key: "records", fileNames: [], facts });
      }
      // As long as previews take, in miniature: room for a kill between the records and the end.
      await systemClock.sleep(20, context.signal);
      return { mediaId, reelId };
    },
  },
  systemClock,
);
