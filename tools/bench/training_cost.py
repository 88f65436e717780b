"""Sums up and draws the points of training_cost.sh.

Usage: python training_cost.py OUT_DIR SMOLLM2_DIR MODELS_DIR     (matplotlib 3.10)
"""
import glob, json, os, sys
import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "r1zero"  # the same file from the same numbers
import matplotlib.pyplot as plt

out, smollm2, models = sys.argv[1:4]
EMBEDDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../experiments/src/main/resources/org/r1zero")
FOLDERS = {"embedded-small": f"{EMBEDDED}/embedded-small", "embedded": f"{EMBEDDED}/embedded-base", "smollm2": smollm2,
           "30m": f"{models}/30m", "360m": f"{models}/360m"}


def parameters(folder):
    """Numbers in a tied Llama, by its configuration."""
    c = json.load(open(os.path.join(folder, "config.json")))
    head = c.get("head_dim") or c["hidden_size"] // c["num_attention_heads"]
    d, f, q, k = c["hidden_size"], c["intermediate_size"], c["num_attention_heads"] * head, c["num_key_value_heads"] * head
    return c["vocab_size"] * d + d + c["num_hidden_layers"] * (2 * d + d * (q + 2 * k) + q * d + 3 * d * f)


points = {}
for path in sorted(glob.glob(os.path.join(out, "points", "*.json"))):
    name = os.path.basename(path)[:-len(".json")]
    p = json.load(open(path))
    kind = name.removeprefix("trl-")
    tokens = 4 * int(kind.split("-")[1]) if kind.startswith("length") else 1600
    points[name] = dict(
        train_seconds=p["phases"]["train"], step_seconds=p["seconds"], peak_rss_mb=p["peak_rss_mb"],
        train_tokens_per_s=tokens / p["phases"]["train"], matmul_share=p.get("matmul_limit", {}).get("train_share"))
    if kind.startswith("size"):
        points[name]["parameters"] = parameters(FOLDERS[kind.removeprefix("size-")])
json.dump(points, open(os.path.join(out, "summary.json"), "w"), indent=1)

figure, axes = plt.subplots(2, 3, figsize=(13, 7))
measures = (("train_tokens_per_s", "completion tokens trained a second"), ("peak_rss_mb", "peak memory, MB"),
            ("matmul_share", "share of the matmul limit"))


def draw(axis, chosen, label, style, key):
    xs = sorted((x, p[key]) for x, p in chosen if p[key] is not None)
    if xs:
        axis.plot(*zip(*xs), style, label=label)


def lengths(prefix, suffix):
    found = []
    for name, p in points.items():
        middle = name.removeprefix(prefix).removesuffix(suffix)
        if name.startswith(prefix) and name.endswith(suffix) and middle.isdigit():
            found.append((128 + int(middle), p))
    return found


for axis, (key, title) in zip(axes[0], measures):
    draw(axis, lengths("length-", ""), "ours", "C0o-", key)
    draw(axis, lengths("length-", "-checkpointing"), "ours, checkpointing", "C1s--", key)
    draw(axis, lengths("trl-length-", ""), "TRL", "C2^:", key)
    axis.set(title=title, xlabel="tokens of a sequence, prompt included", xscale="log")
    ticks = sorted({x for x, _ in lengths("length-", "")})
    axis.set_xticks(ticks, [f"{x:,}" for x in ticks])
    axis.minorticks_off()
for axis, (key, title) in zip(axes[1], measures):
    for prefix, label, style in (("size-", "ours", "C0o-"), ("trl-size-", "TRL", "C2^:")):
        draw(axis, [(p["parameters"], p) for n, p in points.items() if n.startswith(prefix)], label, style, key)
    axis.set(title=title, xlabel="parameters", xscale="log", yscale="linear" if key == "matmul_share" else "log")
for axis in axes.flat:
    axis.set_ylim(bottom=0 if axis.get_yscale() == "linear" else None)
    axis.grid(alpha=0.3)
axes[0][0].legend(fontsize=8) if axes[0][0].lines else None
figure.tight_layout()
figure.savefig(os.path.join(out, "training-cost.svg"), metadata={"Date": None})
for name, p in points.items():
    print(f"{name:32} train {p['train_seconds']:8.2f} s {p['train_tokens_per_s']:9.1f} tokens/s {p['peak_rss_mb']:8.0f} MB"
          + ("" if p["matmul_share"] is None else f" {100 * p['matmul_share']:4.0f} % of the matmul limit"))
