// Writes large torch checkpoints without holding them: a stored zip whose tensors are holes of a sparse file, read as zeros.
import { open } from "node:fs/promises";
import { bytesOf, littleEndian, op, tensorOps } from "./hostile-weights.ts";

export type SketchedTensor = { readonly key: string; readonly dims: readonly number[] };

const countOf = (dims: readonly number[]): number => dims.reduce((count, dim) => count * dim, 1);

/** float32 throughout; the keys stand below "state_dict", as LatentSync's do. Less than 4 GiB and 65,536 tensors. */
export async function writeSparseCheckpoint(path: string, tensors: readonly SketchedTensor[]): Promise<void> {
  const entries = tensors.flatMap(({ key, dims }, index) => {
    const strides = dims.map((_, axis) => countOf(dims.slice(axis + 1)));
    return [op.text(key), tensorOps({ key: String(index), elements: countOf(dims), dims, strides }), op.setItem];
  });
  const stateDict = bytesOf(op.emptyDict, ...entries);
  const pickle = bytesOf(
    op.proto(),
    op.emptyDict,
    op.text("global_step"),
    op.int(7),
    op.setItem,
    op.text("state_dict"),
    stateDict,
    op.setItem,
    op.stop,
  );
  await using file = await open(path, "w");
  const centrals: Uint8Array[] = [];
  let position = 0;
  const put = async (name: string, content: Uint8Array | number) => {
    const byteLength = typeof content === "number" ? content : content.byteLength;
    const common = bytesOf(new Uint8Array(12), littleEndian(byteLength, 4), littleEndian(byteLength, 4));
    const local = bytesOf(
      "PK\x03\x04",
      littleEndian(20, 2),
      common,
      littleEndian(name.length, 2),
      littleEndian(0, 2),
      name,
    );
    await file.write(local, 0, local.byteLength, position);
    if (typeof content !== "number") await file.write(content, 0, byteLength, position + local.byteLength);
    centrals.push(
      bytesOf(
        "PK\x01\x02",
        littleEndian(20, 2),
        littleEndian(20, 2),
        common,
        littleEndian(name.length, 2),
        new Uint8Array(12),
        littleEndian(position, 4),
        name,
      ),
    );
    position += local.byteLength + byteLength;
  };
  await put("model/data.pkl", pickle);
  for (const [index, { dims }] of tensors.entries()) await put(`model/data/${index}`, 4 * countOf(dims));
  const directory = bytesOf(...centrals);
  const end = bytesOf(
    "PK\x05\x06",
    new Uint8Array(4),
    littleEndian(centrals.length, 2),
    littleEndian(centrals.length, 2),
    littleEndian(directory.byteLength, 4),
    littleEndian(position, 4),
    littleEndian(0, 2),
  );
  await file.write(bytesOf(directory, end), 0, directory.byteLength + end.byteLength, position);
}
