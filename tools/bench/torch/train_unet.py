"""A training step of the U-Net in plain PyTorch, eager, float32: what tools/bench/train-step.ts measures itself against.

Called with one JSON argument; prints one JSON line. Weights come from a safetensors file, read by hand.
"""

import json
import math
import sys
import time

import torch
from unet import Network


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        start = file.tell()
        tensors = {}
        for key, entry in header.items():
            if key == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            file.seek(start + begin)
            tensors[key] = torch.frombuffer(bytearray(file.read(end - begin)), dtype=torch.float32).view(entry["shape"])
        return tensors


def main():
    order = json.loads(sys.argv[1])
    torch.set_num_threads(order["threads"])
    torch.manual_seed(1)
    state = read_safetensors(order["weights"])
    keys = [key for key in state if not key.endswith("pos_encoder.pe")]
    patterns = order["patterns"]
    trained = [key for key in keys if patterns is None or any(pattern in key for pattern in patterns)]
    parameters = [torch.nn.Parameter(state[key]) for key in trained]
    state.update(zip(trained, parameters))
    network = Network(state, order["config"])
    optimiser = torch.optim.AdamW(parameters, lr=1e-5)
    frames, side = order["frames"], order["latentSide"]
    audio = torch.randn(frames, order["audioTokens"], order["config"]["audioWidth"])
    seconds, processor_seconds = [], []
    for _ in range(order["steps"]):
        start, processor_start = time.perf_counter(), time.process_time()
        sample = torch.randn(1, order["config"]["inChannels"], frames, side, side)
        target = torch.randn(1, order["config"]["outChannels"], frames, side, side)
        timestep = torch.randint(0, 1000, (1,))
        loss = torch.nn.functional.mse_loss(network(sample, timestep, audio), target)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        seconds.append(time.perf_counter() - start)
        processor_seconds.append(time.process_time() - processor_start)
        assert math.isfinite(loss.item())
    print(json.dumps({"version": torch.__version__, "secondsPerStep": seconds, "processorSecondsPerStep": processor_seconds}))


if __name__ == "__main__":
    main()
