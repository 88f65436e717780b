"""Draws reward, completion length and entropy over the steps of a run.

Usage: python learning_curve.py METRICS.jsonl OUT.svg     (matplotlib 3.10)
"""
import json, sys
import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "r1zero"  # the same file from the same numbers
import matplotlib.pyplot as plt

rows = [json.loads(line) for line in open(sys.argv[1])]
steps = [row["step"] + 1 for row in rows]
figure, axes = plt.subplots(1, 3, figsize=(11, 3))
for axis, key, title in zip(axes, ("reward", "completions/mean_length", "entropy"),
                            ("reward (mean of the step)", "completion length, tokens", "entropy, nats a token")):
    values = [row[key] for row in rows]
    smooth = [sum(values[max(0, i - 4):i + 1]) / len(values[max(0, i - 4):i + 1]) for i in range(len(values))]
    axis.plot(steps, values, color="0.75", linewidth=1)
    axis.plot(steps, smooth, color="tab:blue")
    axis.set_title(title, fontsize=10)
    axis.set_xlabel("step")
    axis.set_ylim(bottom=0)
figure.tight_layout()
figure.savefig(sys.argv[2], metadata={"Date": None})
