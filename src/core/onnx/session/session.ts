// A loaded network: named tensors in, named tensors out, every one checked; the runtime's errors made typed ones.
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { assert, refused } from "../../../shared/failure/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Contract, Slot } from "./contract.ts";
import { fitInputs, sizeOfName } from "./contract.ts";
import { runtimeFailure } from "./failures.ts";
import { dtypeOfOrt, fromOrt, toOrt } from "./ort-tensor.ts";
import type { Placement } from "./placement.ts";
import { takeProfile } from "./placement.ts";
import type { ProviderName, ProviderReport } from "./providers.ts";

export type Session = AsyncDisposable & {
  readonly provider: ProviderName;
  /** Providers that were preferred but not used, each with the reason. */
  readonly passedOver: readonly ProviderReport[];
  readonly contract: Contract;
  /**
   * Runs the network; blocks this process until it is done and cannot be interrupted but by ending the process. `outputs`
   * names those wanted; all unless said. Throws `onnx.wrong-input`, `onnx.out-of-memory`, `onnx.device-lost`, `onnx.run-failed`.
   */
  readonly run: (
    feeds: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
  ) => Promise<Readonly<Record<string, Tensor>>>;
  /** Where the nodes ran; for sessions opened with `profilePrefix`, once, after the runs. */
  readonly takePlacement: () => Promise<Placement>;
};

type Metadata = InferenceSession["inputMetadata"][number];

const slotOf = (metadata: Metadata): Slot => {
  assert(metadata.isTensor, `${metadata.name} is no tensor`);
  return { name: metadata.name, dtype: dtypeOfOrt(metadata.type), dims: metadata.shape.map(sizeOfName) };
};

export const contractOf = (session: InferenceSession): Contract => ({
  inputs: session.inputMetadata.map(slotOf),
  outputs: session.outputMetadata.map(slotOf),
});

export type SessionParts = {
  readonly ort: { readonly Tensor: typeof OrtTensor };
  readonly session: InferenceSession;
  readonly label: string;
  readonly provider: ProviderName;
  readonly passedOver: readonly ProviderReport[];
  readonly profilePrefix: string | undefined;
};

function checkOutputs({ outputs }: Contract, wanted: readonly string[]): void {
  const names = outputs.map(({ name }) => name);
  for (const name of wanted)
    if (!names.includes(name))
      throw refused("onnx.wrong-output", {
        message: `There is no output "${name}"; there are ${names.join(", ")}.`,
        details: { output: name },
      });
}

export function sessionOver({ ort, session, label, provider, passedOver, profilePrefix }: SessionParts): Session {
  const contract = contractOf(session);
  let open = true;
  return {
    provider,
    passedOver,
    contract,
    run: async (feeds, outputs) => {
      assert(open, `the session ${label} was disposed and cannot run`);
      fitInputs(contract, feeds);
      const wanted = outputs ?? contract.outputs.map(({ name }) => name);
      checkOutputs(contract, wanted);
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([name, tensor]) => [name, toOrt(ort.Tensor, tensor)]),
      );
      const results = await session.run(inputs, wanted).catch((thrown: unknown) => {
        throw runtimeFailure(thrown, { model: label, provider });
      });
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrt(value)]));
    },
    takePlacement: async () => {
      assert(profilePrefix !== undefined, `the session ${label} was opened without profilePrefix`);
      session.endProfiling();
      return takeProfile(profilePrefix);
    },
    [Symbol.asyncDispose]: async () => {
      if (!open) return;
      open = false;
      await session.release();
    },
  };
}
