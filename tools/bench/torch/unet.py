"""The LatentSync U-Net in plain PyTorch, eager, float32: what tools/bench/unet.ts measures itself against.

Called with one JSON argument; prints one JSON line. Pictures are folded, [batch * frames, channels, height, width].
"""

import json
import math
import resource
import sys
import time

import torch
import torch.nn.functional as F


class Network:
    def __init__(self, weights, config):
        self.w = weights
        self.levels = config["levelChannels"]
        self.layers = config["layersPerLevel"]
        self.heads = config["heads"]
        self.motion_heads = config["motionHeads"]
        self.groups = config["normGroups"]

    def linear(self, key, x):
        return F.linear(x, self.w[key + ".weight"], self.w.get(key + ".bias"))

    def conv(self, key, x, **how):
        return F.conv2d(x, self.w[key + ".weight"], self.w[key + ".bias"], **how)

    def layer_norm(self, key, x):
        return F.layer_norm(x, x.shape[-1:], self.w[key + ".weight"], self.w[key + ".bias"])

    def group_norm(self, key, x, epsilon):
        return F.group_norm(x, self.groups, self.w[key + ".weight"], self.w[key + ".bias"], epsilon)

    def norm_over_frames(self, key, x):
        """Statistics over the frames of a window as well."""
        byitem = x.unflatten(0, (-1, self.frames)).transpose(1, 2)
        return self.group_norm(key, byitem, 1e-5).transpose(1, 2).flatten(0, 1)

    def attention(self, key, x, context, heads):
        def by_head(y):
            return y.unflatten(-1, (heads, -1)).transpose(1, 2)

        query = by_head(self.linear(key + ".to_q", x))
        keys = by_head(self.linear(key + ".to_k", context))
        values = by_head(self.linear(key + ".to_v", context))
        mixed = F.scaled_dot_product_attention(query, keys, values)
        return self.linear(key + ".to_out.0", mixed.transpose(1, 2).flatten(2))

    def feed_forward(self, key, x):
        value, gate = self.linear(key + ".net.0.proj", x).chunk(2, dim=-1)
        return self.linear(key + ".net.2", value * F.gelu(gate))

    def residual(self, key, x):
        h = self.conv(key + ".conv1", F.silu(self.norm_over_frames(key + ".norm1", x)), padding=1)
        h = h + self.linear(key + ".time_emb_proj", self.time)[:, :, None, None]
        h = self.conv(key + ".conv2", F.silu(self.norm_over_frames(key + ".norm2", h)), padding=1)
        if key + ".conv_shortcut.weight" in self.w:
            x = self.conv(key + ".conv_shortcut", x)
        return x + h

    def transformer(self, key, x):
        size = x.shape[-2:]
        tokens = self.conv(key + ".proj_in", self.group_norm(key + ".norm", x, 1e-6)).flatten(2).transpose(1, 2)
        block = key + ".transformer_blocks.0"
        normal = self.layer_norm(block + ".norm1", tokens)
        tokens = tokens + self.attention(block + ".attn1", normal, normal, self.heads)
        normal = self.layer_norm(block + ".norm2", tokens)
        tokens = tokens + self.attention(block + ".attn2", normal, self.audio, self.heads)
        tokens = tokens + self.feed_forward(block + ".ff", self.layer_norm(block + ".norm3", tokens))
        return self.conv(key + ".proj_out", tokens.transpose(1, 2).unflatten(2, size)) + x

    def motion(self, key, x):
        at, size = key + ".temporal_transformer", x.shape[-2:]
        tokens = self.linear(at + ".proj_in", self.group_norm(at + ".norm", x, 1e-6).flatten(2).transpose(1, 2))
        places = tokens.shape[1]
        s = tokens.unflatten(0, (-1, self.frames)).transpose(1, 2).flatten(0, 1)
        block = at + ".transformer_blocks.0"
        for index in (0, 1):
            name = f"{block}.attention_blocks.{index}"
            placed = self.layer_norm(f"{block}.norms.{index}", s) + self.w[name + ".pos_encoder.pe"][:, : self.frames]
            s = s + self.attention(name, placed, placed, self.motion_heads)
        s = s + self.feed_forward(block + ".ff", self.layer_norm(block + ".ff_norm", s))
        tokens = s.unflatten(0, (-1, places)).transpose(1, 2).flatten(0, 1)
        return self.linear(at + ".proj_out", tokens).transpose(1, 2).unflatten(2, size) + x

    def layer(self, block, index, x):
        x = self.residual(f"{block}.resnets.{index}", x)
        if f"{block}.attentions.{index}.norm.weight" in self.w:
            x = self.transformer(f"{block}.attentions.{index}", x)
        if f"{block}.motion_modules.{index}.temporal_transformer.norm.weight" in self.w:
            x = self.motion(f"{block}.motion_modules.{index}", x)
        return x

    def embed_time(self, timestep):
        half = self.levels[0] // 2
        angles = timestep[:, None].float() * torch.exp(-math.log(10_000) * torch.arange(half) / half)
        waves = torch.cat([angles.cos(), angles.sin()], dim=1)
        embedding = self.linear("time_embedding.linear_2", F.silu(self.linear("time_embedding.linear_1", waves)))
        return F.silu(embedding)

    def __call__(self, sample, timestep, audio):
        """sample [batch, 13, frames, height, width], audio [batch * frames, tokens, width] -> noise of 4 channels."""
        self.frames, self.audio, self.time = sample.shape[2], audio, self.embed_time(timestep)
        x = self.conv("conv_in", sample.transpose(1, 2).flatten(0, 1), padding=1)
        skips = [x]
        last = len(self.levels) - 1
        for level in range(last + 1):
            block = f"down_blocks.{level}"
            for index in range(self.layers):
                x = self.layer(block, index, x)
                skips.append(x)
            if level < last:
                x = self.conv(block + ".downsamplers.0.conv", x, stride=2, padding=1)
                skips.append(x)
        x = self.residual("mid_block.resnets.0", x)
        x = self.transformer("mid_block.attentions.0", x)
        x = self.residual("mid_block.resnets.1", x)
        for level in range(last + 1):
            block = f"up_blocks.{level}"
            for index in range(self.layers + 1):
                x = self.layer(block, index, torch.cat([x, skips.pop()], dim=1))
            if level < last:
                x = self.conv(block + ".upsamplers.0.conv", F.interpolate(x, scale_factor=2), padding=1)
        x = self.conv("conv_out", F.silu(self.norm_over_frames("conv_norm_out", x)), padding=1)
        return x.unflatten(0, (-1, self.frames)).transpose(1, 2)


def read_floats(path, dims):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32).view(dims)


def seconds_of(run, rounds):
    """Wall and processor seconds of the best of some runs."""
    best, result = (math.inf, math.inf), None
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        result = run()
        best = min(best, (time.perf_counter() - wall, time.process_time() - processor))
    return best, result


def main():
    order = json.loads(sys.argv[1])
    torch.set_num_threads(order["threads"])
    state = torch.load(order["checkpoint"], map_location="cpu", weights_only=True)["state_dict"]
    network = Network(state, order["config"])
    inputs = {name: read_floats(given["path"], given["dims"]) for name, given in order["inputs"].items()}
    sample = torch.cat([inputs["latents"], inputs["condition"]], dim=1)
    audio = inputs["audio"]
    # One batch of two branches: without audio, with it.
    feeds = (sample.repeat(2, 1, 1, 1, 1), torch.tensor([order["timestep"]]), torch.cat([torch.zeros_like(audio), audio]))
    with torch.inference_mode():
        (wall, processor), noise = seconds_of(lambda: network(*feeds), order["rounds"])
        report = {"version": torch.__version__, "seconds": wall, "processorSeconds": processor}
        with open(order["output"], "wb") as file:
            file.write(bytes(noise.contiguous().untyped_storage()))
        halves = Network({key: value.bfloat16() for key, value in state.items()}, order["config"])
        halves.embed_time = lambda timestep: network.embed_time(timestep).bfloat16()
        rough_feeds = (feeds[0].bfloat16(), feeds[1], feeds[2].bfloat16())
        (wall, processor), rough = seconds_of(lambda: halves(*rough_feeds), order["rounds"])
        error = ((rough.float() - noise).norm() / noise.norm()).item()
        report["bfloat16"] = {"seconds": wall, "processorSeconds": processor, "relativeError": error}
    report["residentBytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(report))


if __name__ == "__main__":
    main()
