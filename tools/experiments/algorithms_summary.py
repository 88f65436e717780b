"""Sums up the runs of algorithms.sh: means over seeds with 95 % intervals, and lengths of right and wrong answers.

Usage: python3 algorithms_summary.py OUT_DIR     (no packages needed)
"""
import collections, glob, json, os, statistics, sys

out = sys.argv[1]
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}


def interval(values):
    """Mean and half-width of the 95 % interval of the mean over seeds (Student's t)."""
    if len(values) < 2:
        return dict(mean=values[0], half_width=None)
    return dict(mean=statistics.mean(values), half_width=T95[len(values)] * statistics.stdev(values) / len(values) ** 0.5)


def lengths(folder):
    """For each step the mean length of completions with and without reward, in tokens."""
    steps = []
    for path in sorted(glob.glob(os.path.join(folder, "rollouts", "*.jsonl"))):
        right, wrong = [], []
        for line in open(path):
            trace = json.loads(line)
            (right if trace["reward"] > 0 else wrong).append(trace["tokens"])
        mean = lambda x: statistics.mean(x) if x else None
        steps.append(dict(right=mean(right), wrong=mean(wrong)))
    return steps


def last(rows, key, count=10):
    return statistics.mean(row[key] for row in rows[-count:] if row[key] is not None)


runs = collections.defaultdict(list)
for done in sorted(glob.glob(os.path.join(out, "runs", "*", "done"))):
    run = os.path.dirname(done)
    algorithm, seed = os.path.basename(run).rsplit("-", 1)
    folder, = glob.glob(os.path.join(run, "*", "metrics.jsonl"))
    folder = os.path.dirname(folder)
    metrics = [json.loads(line) for line in open(os.path.join(folder, "metrics.jsonl"))]
    runs[algorithm].append(dict(
        seed=int(seed), metrics=metrics, lengths=lengths(folder),
        results=json.load(open(os.path.join(folder, "manifest.json")))["result"]))
summary = {}
for algorithm, of in runs.items():
    steps = min(len(r["metrics"]) for r in of)
    series = lambda key: [interval([r["metrics"][s][key] for r in of]) for s in range(steps)]
    pick = lambda which: [interval([v for r in of if (v := r["lengths"][s][which]) is not None] or [0.0]) for s in range(steps)]
    final = lambda f: interval([f(r) for r in of])
    summary[algorithm] = dict(
        seeds=[r["seed"] for r in of], steps=steps,
        reward=series("reward"), length=series("completions/mean_length"), entropy=series("entropy"),
        clip_ratio=series("clip_ratio/region_mean"), wrong_length=pick("wrong"), right_length=pick("right"),
        final=dict(
            reward=final(lambda r: last(r["metrics"], "reward")),
            length=final(lambda r: last(r["metrics"], "completions/mean_length")),
            wrong_length=final(lambda r: last(r["lengths"], "wrong")),
            right_length=final(lambda r: last(r["lengths"], "right")),
            entropy=final(lambda r: last(r["metrics"], "entropy")),
            clip_ratio=final(lambda r: last(r["metrics"], "clip_ratio/region_mean", 40)),
            accuracy_sampled=final(lambda r: r["results"]["pass1_sampled_after"]["mean"]),
            accuracy_greedy=final(lambda r: r["results"]["pass1_greedy_after"]["mean"])))
json.dump(summary, open(os.path.join(out, "summary.json"), "w"), indent=1)
show = lambda v, scale, digits: f"{scale * v['mean']:.{digits}f}" + (
    "" if v["half_width"] is None else f" ± {scale * v['half_width']:.{digits}f}")
with open(os.path.join(out, "summary.md"), "w") as f:
    f.write("| algorithm | seeds | reward | held-out sampled, % | held-out greedy, % | length | of wrong | of right | entropy"
            " | clipped, % |\n|" + " --- |" * 10 + "\n")
    for algorithm, s in summary.items():
        e = s["final"]
        f.write(f"| {algorithm} | {len(s['seeds'])} | {show(e['reward'], 1, 3)} | {show(e['accuracy_sampled'], 100, 1)} | "
                f"{show(e['accuracy_greedy'], 100, 1)} | {show(e['length'], 1, 1)} | {show(e['wrong_length'], 1, 1)} | "
                f"{show(e['right_length'], 1, 1)} | {show(e['entropy'], 1, 3)} | {show(e['clip_ratio'], 100, 2)} |\n")
print(open(os.path.join(out, "summary.md")).read())
