// Writes a random lip-sync model of the small shape: node tools/models/write-random-model.ts OUT.safetensors [SEED]
import { writeRandomLipsyncModel } from "./random-lipsync-model.ts";

const [path, seed] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write("Say where to write it: node tools/models/write-random-model.ts OUT.safetensors [SEED]\n");
  process.exit(2);
}
await writeRandomLipsyncModel(path, { seed: Number(seed ?? 1) });
process.stdout.write(`Wrote ${path}. Bring it in with: npm run -s dubwright -- models import ${path}\n`);
