"""Where a decoding step's time goes: runs the TorchScript that r1zero samples with under torch's profiler.

    $(tools/bench/setup) tools/bench/profile_decode.py --model DIR [--dtype bf16] [--problems 8] [--group 8] [--prompt 100] [--own 64]

Times whole steps first (median of --steps), then the products alone, then prints the operators by time of one step.
The weights are random; only the model's config.json is read. Another version of the code: --source FILE.
"""

import argparse
import io
import json
import pathlib
import statistics
import struct
import time
import zipfile

import torch
from torch.profiler import ProfilerActivity, profile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "grpo-core/src/main/resources/org/r1zero/grpo/model/generation.py"


def pickled(name, attributes):
    """TorchScriptArchive.pickle: an object of __torch__.name with its state as a dict."""
    out = b"\x80\x02c__torch__\n" + name.encode() + b"\n)\x81}("
    for key, value in attributes.items():
        out += b"X" + struct.pack("<I", len(key)) + key.encode()
        if isinstance(value, bool):
            out += b"\x88" if value else b"\x89"
        elif isinstance(value, int):
            out += b"J" + struct.pack("<i", value)
        else:
            out += b"G" + struct.pack(">d", value)
    return out + b"ub."


def load(source, name, attributes):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("r1zero/data.pkl", pickled(name, {"training": False, **attributes}))
        archive.writestr("r1zero/code/__torch__.py", source)
        archive.writestr("r1zero/constants.pkl", b"\x80\x02).")
        archive.writestr("r1zero/version", "3\n")
    file.seek(0)
    return torch.jit.load(file)


def weights(c, dtype):
    width, heads, kv = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"]
    head_dim, inner = c.get("head_dim") or width // heads, c["intermediate_size"]
    none = torch.zeros(0)
    out = []
    for _ in range(c["num_hidden_layers"]):
        out += [torch.ones(width), torch.randn((heads + 2 * kv) * head_dim, width) * 0.02, none, none, none]
        out += [torch.randn(width, heads * head_dim) * 0.02, none, torch.ones(width)]
        out += [torch.randn(2 * inner, width) * 0.02, none, torch.randn(width, inner) * 0.02, none]
    embedding = torch.randn(c["vocab_size"], width) * 0.02
    return [w.to(dtype) for w in out + [embedding, torch.ones(width), embedding]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--source", default=str(SOURCE))
    parser.add_argument("--dtype", choices=["fp32", "bf16"], default="bf16")
    for name, value in (("problems", 8), ("group", 8), ("prompt", 100), ("own", 64), ("room", 96), ("steps", 20)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--rows", type=int, default=25)
    args = parser.parse_args()
    c = json.load(open(pathlib.Path(args.model) / "config.json"))
    bf16 = args.dtype == "bf16"
    dtype = torch.bfloat16 if bf16 else torch.float32
    heads, kv = c["num_attention_heads"], c["num_key_value_heads"]
    head_dim = c.get("head_dim") or c["hidden_size"] // heads
    g = load(
        open(args.source).read(),
        "Generation",
        dict(layers=c["num_hidden_layers"], heads=heads, kv_heads=kv, head_dim=head_dim, eps=1e-5, qkv_bias=False,
             output_bias=False, mlp_bias=False, qk_norm=False, dtype=15 if bf16 else 6, attention_dtype=6, fused=True, packed=bf16),
    )
    torch.manual_seed(0)
    # r1zero switches the graph optimiser off (Torch.prepareThread); on, it would drop products that nothing uses
    with torch.inference_mode(), torch.jit.optimized_execution(False):
        w = weights(c, dtype)
        w = g.pack(w) if bf16 else w
        n = args.problems * args.group
        angles = torch.outer(torch.arange(1024.0), 1 / 10000 ** (torch.arange(0, head_dim, 2) / head_dim))
        like = torch.zeros(1)
        prefix = g.new_cache(like, args.problems, args.prompt)
        cache = g.new_cache(like, n, args.room)
        for t in prefix + cache:
            t.normal_()
        tokens = torch.randint(0, c["vocab_size"], (n,))
        positions = torch.full((n,), args.prompt + args.own)
        own = torch.full((n,), args.own)
        lengths = torch.full((args.problems,), args.prompt)
        order = torch.arange(n)
        room = torch.zeros(n, c["vocab_size"])
        uniforms = torch.rand(n)

        def step():
            return g.decode_and_sample(w, angles.cos(), angles.sin(), prefix, cache, tokens, positions, own, True, [n], [args.own],
                                       lengths, True, args.prompt, order, order, True, room, uniforms, 1.0, 0, 1.0, 0.0)

        def median(work):
            work(), work()
            times = []
            for _ in range(args.steps):
                start = time.perf_counter()
                work()
                times.append(time.perf_counter() - start)
            return statistics.median(times) * 1000

        x = torch.randn(n, c["hidden_size"])
        print(f"step {median(step):.2f} ms, products alone {median(lambda: g.products(w, x, True)):.2f} ms ({n} sequences)")
        with profile(activities=[ProfilerActivity.CPU]) as p:
            step()
        print(p.key_averages().table(sort_by="self_cpu_time_total", row_limit=args.rows, max_name_column_width=40))


if __name__ == "__main__":
    main()
