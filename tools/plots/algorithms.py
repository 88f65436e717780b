"""Draws the learning curves that tools/experiments/algorithms.sh summed up.

Usage: python algorithms.py SUMMARY.json OUT.svg     (matplotlib 3.10)
"""
import json, sys
import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "r1zero"  # the same file from the same numbers
import matplotlib.pyplot as plt

summary = json.load(open(sys.argv[1]))
figure, axes = plt.subplots(1, 4, figsize=(15, 3.4))
panels = (("reward", "reward (mean of the step)"), ("length", "completion length, tokens"),
          ("wrong_length", "length of wrong answers, tokens"), ("entropy", "entropy, nats a token"))
for axis, (key, title) in zip(axes, panels):
    for color, (name, of) in zip(("tab:blue", "tab:orange", "tab:green", "tab:red"), summary.items()):
        mean = [v["mean"] for v in of[key]]
        half = [v["half_width"] or 0 for v in of[key]]
        smooth = lambda x: [sum(x[max(0, i - 4):i + 1]) / len(x[max(0, i - 4):i + 1]) for i in range(len(x))]
        steps, mean, half = range(1, len(mean) + 1), smooth(mean), smooth(half)
        axis.plot(steps, mean, color=color, label=name)
        axis.fill_between(steps, [m - h for m, h in zip(mean, half)], [m + h for m, h in zip(mean, half)], color=color,
                          alpha=0.15, linewidth=0)
    axis.set_title(title, fontsize=10)
    axis.set_xlabel("step (mean of the last five)")
    axis.set_ylim(bottom=0)
axes[0].legend(fontsize=8)
figure.tight_layout()
figure.savefig(sys.argv[2], metadata={"Date": None})
