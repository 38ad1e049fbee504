// Every gradient rule against finite differences in doubles, and what it builds through ONNX Runtime.
import { beforeAll, expect, test } from "vitest";
import { silentLogger } from "../../base/index.ts";
import { encodeModel, openRuntime, variantOf, valuesOf } from "../../onnx/index.ts";
import type { Runtime } from "../../onnx/index.ts";
import { gradientCases } from "../testing/cases.ts";
import type { Drawn } from "../testing/case-makers.ts";
import {
  differenceGradients,
  distance,
  drawFrom,
  gradientGraph,
  ruledGradients,
} from "../testing/finite-differences.ts";
import { gradientRules } from "./table.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ role: "test", logger: silentLogger });
});

const cases = Object.entries(gradientCases).flatMap(([op, all]) =>
  all.map((drawn, index) => [op, index, drawn] as const satisfies readonly [string, number, Drawn]),
);

test("every operator with a rule has a case, and only those", () => {
  const ruled = Object.entries(gradientRules).flatMap(([op, rule]) => ("kind" in rule ? [] : [op]));
  expect(Object.keys(gradientCases).toSorted()).toEqual(ruled.toSorted());
});

test.each(cases)(
  "%s, case %i: the gradient is that of finite differences, for three drawn shapes",
  async (_, __, drawn) => {
    for (const seed of [1, 2, 3]) {
      const given = drawn(drawFrom(seed));
      const found = await ruledGradients(given);
      for (const [name, expected] of Object.entries(await differenceGradients(given)))
        expect(distance(found[name], expected), `${name}, seed ${seed}`).toBeLessThan(1e-6);
    }
  },
);

test.each(cases)("%s, case %i: ONNX Runtime computes the same gradient in float32", async (_, __, drawn) => {
  const given = drawn(drawFrom(4));
  const expected = await ruledGradients(given);
  const model = await encodeModel(variantOf(gradientGraph(given), { lowering: "cpu" }));
  await using session = await runtime.openSession("gradient", model, { providers: ["cpu"], threads: 1 });
  const found = await session.run(given.feeds);
  for (const [name, wanted] of Object.entries(expected)) {
    const tensor = found[name];
    const dense = tensor && { dims: tensor.dims, values: valuesOf(tensor) };
    expect(distance(dense, wanted), name).toBeLessThan(1e-4);
  }
});

test("an operator without a gradient says why", () => {
  for (const [op, rule] of Object.entries(gradientRules))
    if ("kind" in rule) expect(rule.reason.length, op).toBeGreaterThan(10);
});
