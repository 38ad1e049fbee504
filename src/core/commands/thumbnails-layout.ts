// How the pictures lie in a strip of thumbnails; kept as JSON beside the strip.
import { z } from "zod";

export const thumbnailsLayoutSchema = z.strictObject({
  columns: z.int().positive(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  stepFrames: z.int().positive(),
  count: z.int().positive(),
});
