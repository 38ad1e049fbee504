"""The first training step of the U-Net's vectors in PyTorch's float64: how far the reference and we are from the truth.

Called with the path of a JSON file; prints one JSON line: output -> relative errors of each contender.
"""

import json
import math
import sys

import torch
import torch.nn.functional as F
from unet import Network

DOUBLE = torch.float64
DTYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}


class DoubleNetwork(Network):
    """The same network. Its wave lengths are float32 numbers, as the reference and we hold them."""

    def embed_time(self, timestep):
        half = self.levels[0] // 2
        waves = torch.exp(-math.log(10_000) * torch.arange(half, dtype=DOUBLE) / half).float().double()
        angles = timestep[:, None].double() * waves
        joined = torch.cat([angles.cos(), angles.sin()], dim=1)
        hidden = F.silu(self.linear("time_embedding.linear_1", joined))
        return F.silu(self.linear("time_embedding.linear_2", hidden))


def read_tensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        start = file.tell()
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for key, entry in header.items():
            begin, end = entry["data_offsets"]
            file.seek(start + begin)
            data = torch.frombuffer(bytearray(file.read(end - begin)), dtype=DTYPES[entry["dtype"]])
            tensors[key] = data.view(entry["shape"])
        return tensors, metadata


def truth(tensors, config, checkpoint):
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    state = {key: value.double() for key, value in state.get("state_dict", state).items()}
    model = config["model"]
    trained = [
        key for key in state if any(p in key for p in config["trainable"]) and not key.endswith("pos_encoder.pe")
    ]
    parameters = {key: torch.nn.Parameter(state[key]) for key in trained}
    state.update(parameters)
    network = DoubleNetwork(
        state,
        {
            "levelChannels": model["block_out_channels"],
            "layersPerLevel": model["layers_per_block"],
            "heads": model["attention_head_dim"],
            "motionHeads": model["motion_module_kwargs"]["num_attention_heads"],
            "normGroups": model["norm_num_groups"],
        },
    )
    given = {key.split("/in/")[1]: value for key, value in tensors.items() if "/in/" in key}
    noise = network(given["sample"].double(), given["timestep"], given["audio"].double())
    loss = F.mse_loss(noise, given["target"].double())
    loss.backward()
    answers = {"noise": noise.detach(), "loss": loss.detach().reshape(1)}
    answers.update({"grad/" + key: parameter.grad for key, parameter in parameters.items()})
    return answers


def error(found, expected):
    length = expected.norm().item()
    # A gradient that is zero in exact arithmetic has no relative error.
    return ((found.double().reshape(-1) - expected.reshape(-1)).norm().item() / length) if length > 1e-12 else 0.0


def main():
    with open(sys.argv[1], encoding="utf8") as file:
        order = json.load(file)
    torch.set_num_threads(1)
    tensors, metadata = read_tensors(order["vectors"])
    exact = truth(tensors, json.loads(metadata["config"]), order["checkpoint"])
    contenders = {"reference": {key.split("/out/")[1]: value for key, value in tensors.items() if "/out/" in key}}
    for name, index in order["contenders"].items():
        with open(index["path"], "rb") as file:
            data = torch.frombuffer(bytearray(file.read()), dtype=DOUBLE)
        contenders[name] = {
            key: data[at["from"] : at["from"] + math.prod(at["dims"])] for key, at in index["tensors"].items()
        }
    report = {
        key: {name: error(given[key], value) for name, given in contenders.items() if key in given}
        for key, value in exact.items()
        if key in contenders["reference"]
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
