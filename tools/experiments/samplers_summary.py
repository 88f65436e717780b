"""Sums up the runs of samplers.sh: held-out accuracy at equal tokens, means over seeds with 95 % intervals, and the
difference to uniform of the same seed.

Usage: python3 samplers_summary.py OUT_DIR     (no packages needed)
"""
import collections, glob, json, os, statistics, sys

out = sys.argv[1]
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}
HELD_OUT, TOKENS = "eval/pass1_sampled", "num_tokens"


def shown(values, digits=1):
    """Mean and half-width of the 95 % interval of the mean over seeds (Student's t)."""
    mean = f"{statistics.mean(values):.{digits}f}"
    if len(values) < 2 or len(values) not in T95:
        return mean
    return f"{mean} ± {T95[len(values)] * statistics.stdev(values) / len(values) ** 0.5:.{digits}f}"


def at(points, tokens):
    """The accuracy at so many tokens, between two measurements interpolated."""
    for (t0, a0), (t1, a1) in zip(points, points[1:]):
        if t0 <= tokens <= t1:
            return a0 + (a1 - a0) * (tokens - t0) / (t1 - t0)
    return points[-1][1]


runs = collections.defaultdict(dict)
for done in sorted(glob.glob(os.path.join(out, "runs", "*", "done"))):
    run = os.path.dirname(done)
    sampler, seed = os.path.basename(run).rsplit("-", 1)
    metrics, = glob.glob(os.path.join(run, "*", "metrics.jsonl"))
    manifest = json.load(open(os.path.join(os.path.dirname(metrics), "manifest.json")))["result"]
    rows = [json.loads(line) for line in open(metrics)]
    points = [(0, manifest["pass1_sampled_before"]["mean"])]
    points += [(row[TOKENS], row[HELD_OUT]) for row in rows if row.get(HELD_OUT) is not None]
    runs[sampler][int(seed)] = (points, rows)
budget = min(points[-1][0] for of in runs.values() for points, _ in of.values())
lines = [f"Held-out pass@1, sampled, in % after a share of {budget:,.0f} tokens (the least that a run had), mean and 95 % "
         "interval over seeds; `- uniform`: the mean difference to uniform of the same seed.", "",
         "| sampler | seeds | at 1/4 | at 1/2 | at 3/4 | at all | - uniform, at 1/2 | - uniform, at all | mixed groups, % | "
         "pass rate, % |", "|" + " --- |" * 10]
for sampler in sorted(runs, key=lambda s: (s != "uniform", s)):
    of = runs[sampler]
    cells = [sampler, str(len(of))]
    for share in (0.25, 0.5, 0.75, 1):
        cells.append(shown([100 * at(points, share * budget) for points, _ in of.values()]))
    both = sorted(set(of) & set(runs["uniform"]))
    for share in (0.5, 1):
        gaps = [100 * (at(of[s][0], share * budget) - at(runs["uniform"][s][0], share * budget)) for s in both]
        cells.append("" if sampler == "uniform" or not gaps else shown(gaps))
    for metric in ("sampler/mixed_ratio", "sampler/pass_rate"):
        cells.append(shown([100 * statistics.mean(row[metric] for row in rows) for _, rows in of.values()]))
    lines.append("| " + " | ".join(cells) + " |")
open(os.path.join(out, "summary.md"), "w").write("\n".join(lines) + "\n")
print("\n".join(lines))
