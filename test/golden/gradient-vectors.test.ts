// Gradients, losses and optimiser steps of every network that training goes through, against the reference's.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silentLogger } from "../../src/core/base/index.ts";
import { openRuntime } from "../../src/core/onnx/index.ts";
import type { Runtime } from "../../src/core/onnx/index.ts";
import { checkVectors } from "../../src/core/training/index.ts";
import { sharedVectors } from "../support/shared-folder.ts";

let workFolder = "";
let runtime: Runtime;
beforeAll(async () => {
  workFolder = mkdtempSync(path.join(tmpdir(), "dubwright-gradients-"));
  runtime = await openRuntime({ role: "test", logger: silentLogger });
});
afterAll(() => rmSync(workFolder, { recursive: true }));

const files = [
  ["videomae", 2],
  ["lpips", 2],
  ["train-vae-decode", 1],
] as const;

const isLoss = (output: string): boolean => output === "loss" || output === "step_losses";

test.for(files)("%s: every gradient, loss and step of the file agrees", async ([name, outputs], { skip }) => {
  const file =
    sharedVectors(`${name}.vectors.safetensors`) ?? skip("the reference vectors are not beside the checkout");
  const report = await checkVectors(file, { runtime, workFolder, provider: "cpu", threads: 1 });
  expect(report.notComputed).toEqual([]);
  expect(report.outputs).toHaveLength(outputs);
  const worst = report.outputs.filter((each) => !(each.relativeError <= (isLoss(each.output) ? 1e-5 : 1e-4)));
  expect(worst).toEqual([]);
});
