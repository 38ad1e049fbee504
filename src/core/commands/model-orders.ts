// What model jobs are told: everything, so that a worker reads neither settings nor the manifest.
import { z } from "zod";
import { publishedModelSchema } from "../weights/index.ts";

const dtype = z.enum(["float32", "float16"]);

const licensing = z.strictObject({
  /** Licences by id, as they were shown. */
  licences: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      url: z.string(),
      summary: z.string(),
      restrictions: z.array(z.string()),
    }),
  ),
  /** Whether the person accepts whichever of them the file turns out to be under. */
  acceptLicence: z.boolean(),
});

const common = { storeFolder: z.string(), published: z.array(publishedModelSchema), licensing, dtype };

export const downloadOrderSchema = z.strictObject({
  ...common,
  modelId: z.string(),
  addresses: z.array(z.string()),
});
export type DownloadOrder = z.infer<typeof downloadOrderSchema>;

export const importOrderSchema = z.strictObject({
  ...common,
  path: z.string(),
  as: z.string().nullable(),
  trainedForPx: z.int().nullable(),
});
export type ImportModelOrder = z.infer<typeof importOrderSchema>;

export const verifyOrderSchema = z.strictObject({ storeFolder: z.string(), contentSha256: z.string() });
export type VerifyOrder = z.infer<typeof verifyOrderSchema>;

export const checkOrderSchema = z.strictObject({
  vectorsPath: z.string(),
  provider: z.enum(["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"]),
  precision: z.enum(["float32", "float16", "int8"]),
});
export type CheckOrder = z.infer<typeof checkOrderSchema>;

export type Licensing = z.infer<typeof licensing>;
