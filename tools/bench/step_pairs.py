"""Prints what step_vs_trl.sh measured: python step_pairs.py FOLDER PAIRS, with ours-N and trl-N in the folder."""
import json
import pathlib
import statistics
import sys

QUANTITIES = {
    "whole step, s": lambda run: run["seconds"],
    "rollout, s": lambda run: run["phases"]["rollout"],
    "train, s": lambda run: run["phases"]["train"],
    "peak memory, MB": lambda run: run["peak_rss_mb"],
}


def read(file):
    return json.loads(file.read_text().strip().splitlines()[-1])


def main(folder, pairs):
    runs = {side: [read(pathlib.Path(folder, f"{side}-{n}")) for n in range(1, pairs + 1)] for side in ("ours", "trl")}
    ratios = {}
    print(f"{'median of ' + str(pairs) + (' pairs' if pairs > 1 else ' pair'):20}{'ours':>10}{'TRL':>10}{'TRL / ours':>12}   smallest to largest")
    for name, of in QUANTITIES.items():
        ours, trl = ([of(run) for run in runs[side]] for side in ("ours", "trl"))
        each = [b / a for a, b in zip(ours, trl)]
        low, middle, high = min(each), statistics.median(each), max(each)
        ratios[name.split(",")[0].replace(" ", "_")] = {"median": middle, "pairs": each}
        print(f"{name:20}{statistics.median(ours):10.2f}{statistics.median(trl):10.2f}{middle:12.2f}   {low:.2f} to {high:.2f}")
    print(json.dumps({**runs, "ratios": ratios}))


main(sys.argv[1], int(sys.argv[2]))
