#!/usr/bin/env python3
"""Measures what rollouts on Spark cost beside other backends, on executors of local-cluster (Maven's Spark), and prints a table.

Usage: tools/spark/figures.py [--model DIR] [--steps 12] [--curate RECORDS] [--folder DIR] [PART...]

Parts: overhead (a step and a unit beside backend: in_process), executors (two of one core against one), start (to the first
token), weights (of --model, a folder such as SmolLM2-135M's: whole and as changes, to two executors), curate (RECORDS made
traces, by curate_many.py). Without parts all of them; weights need --model. Figures are medians over the steps but the first
two; they mean something where nothing else runs.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ("overhead", "executors", "start", "weights", "curate")
COMMON = ["recipes/algorithms/base.yaml", "recipes/algorithms/grpo.yaml", "evaluation.problems=0", "rollouts.threads=1"]


def run(folder, name, master, changes, steps, memory=1500):
    """Trains, and returns the start, and for each step its end (both in seconds) and its metrics."""
    recipes = [one for one in COMMON if one.endswith(".yaml")]
    settings = [one for one in COMMON if "=" in one] + [f"grpo.steps={steps}", *changes, f"output={folder / name}"]
    here = ["train", *recipes, *(word for one in settings for word in ("--set", one))]
    command = ["./r1zero", *here]
    if master:
        command = ["./r1zero", "submit", "--master", f"local-cluster[{master},1,{memory}]", "--", *here]
    ends = {}
    log = folder / f"{name}.log"
    with open(log, "w", encoding="utf-8") as out:
        started = time.monotonic()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            for line in process.stdout:
                out.write(line)
                step = re.search(r"step (\d+)/\d+", line)
                if step:
                    ends.setdefault(int(step[1]), time.monotonic())
    if process.returncode != 0:
        sys.exit(f"{name} failed, see {log}")
    made = sorted((folder / name).glob("*/metrics.jsonl"))
    if len(made) != 1:
        sys.exit(f"{name} must have made one metrics.jsonl, made {made}; see {log}")
    metrics = [json.loads(line) for line in made[0].read_text().splitlines()]
    metrics = [one for one in metrics if "time/rollout" in one]
    if len(metrics) != steps or sorted(ends) != list(range(1, steps + 1)):
        sys.exit(f"{name} must have said {steps} steps, said {sorted(ends)} and has metrics of {len(metrics)}; see {log}")
    return started, [ends[i] for i in range(1, steps + 1)], metrics


def sampling(measured):
    """Median seconds of sampling and judging in a step."""
    return statistics.median(one["time/rollout"] + one["time/score"] for one in measured[2][2:])


def beside_training(measured):
    """Median seconds of a step but training: publishing, fetching, sampling, judging."""
    _, ends, metrics = measured
    return statistics.median(ends[i] - ends[i - 1] - metrics[i]["time/train"] for i in range(2, len(ends)))


def overhead(options, report):
    seconds = {}
    for units in (2, 8):
        size = [f"rollouts.unit_problems={8 // units}"]
        for backend, master in (("in_process", 0), ("spark", 1)):
            name = f"overhead-{backend}-{units}"
            more = ["rollouts.workers=1", f"rollouts.backend={backend}"]
            seconds[backend, units] = beside_training(run(options.folder, name, master, size + more, options.steps))
    more = {units: seconds["spark", units] - seconds["in_process", units] for units in (2, 8)}
    a_unit = (more[8] - more[2]) / 6
    report("a step of 2 units costs beside in_process", f"{more[2] * 1000:.0f} ms", "< 54 ms")
    report("a step of 8 units costs beside in_process", f"{more[8] * 1000:.0f} ms", "< 66 ms")
    report("so each further unit", f"{a_unit * 1000:.1f} ms", "< 2 ms")


def executors(options, report):
    size = ["rollouts.backend=spark", "rollouts.unit_problems=1", "grpo.problems_per_step=16"]
    one, two = (sampling(run(options.folder, f"executors-{n}", n, size, options.steps)) for n in (1, 2))
    report("a step's rollouts, one executor of one core", f"{one:.2f} s", "")
    report("two executors", f"{two:.2f} s, {one / two:.2f}x", ">= 1.8x")


def start(options, report):
    # one token a completion: the first step's end is the first token and an update
    size = ["rollouts.backend=spark", "rollouts.unit_problems=4", "sampling.max_new_tokens=1"]
    started, ends, metrics = run(options.folder, "start", 2, size, 1)
    report("start to the first token, two executors", f"{ends[0] - started - metrics[0]['time/train']:.1f} s", "< 25 s")


def weights(options, report):
    size = [f"model={options.model}", "sampling.max_new_tokens=8", "grpo.problems_per_step=2", "grpo.num_generations=4"]
    # texts that differ, so that there is a gradient; every update moves all weights by about the rate
    size += ["grpo.num_minibatches=1", "rollouts.unit_problems=1", "rewards=[{verifier: repetition, weight: 1}]"]
    steps = max(5, options.steps // 2)
    for what, rate, target in (("whole", "1e-3", "< 1.5 s"), ("changes", "2e-5", "< 0.3 s")):
        more = [f"grpo.optimizer.learning_rate={rate}", "grpo.optimizer.warmup_steps=0"]
        there = run(options.folder, f"weights-{what}", 2, [*size, *more, "rollouts.backend=spark"], steps, 4000)
        here = run(
            options.folder, f"weights-{what}-process", 0, [*size, *more, "rollouts.backend=process", "rollouts.workers=2"], steps
        )
        seconds = beside_training(there) - beside_training(here)
        report(f"weights {what} to two executors, beside two processes", f"{seconds:.2f} s a version", target)


def curate(options, report):
    command = ["tools/spark/curate_many.py", str(options.curate), str(options.folder / "curate"), "--only-spark"]
    started = time.monotonic()
    done = subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout)
    spark = next(line for line in done.stdout.splitlines() if line.startswith("spark: "))
    report(f"curate {options.curate} traces (with making them {time.monotonic() - started:.0f} s)", spark[7:], "1 M < 25 min")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].removeprefix("Usage: "))
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--model", help="for weights; a folder")
    parser.add_argument("--steps", type=int, default=12, help="of each run")
    parser.add_argument("--curate", type=int, default=1_000_000, metavar="RECORDS")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("/tmp/r1zero-spark-figures"))
    options = parser.parse_args()
    parts = options.parts or [part for part in PARTS if part != "weights" or options.model]
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        parser.error(f"parts are {', '.join(PARTS)}; found {', '.join(unknown)}")
    if "weights" in parts and not options.model:
        parser.error("weights need --model, such as a folder with SmolLM2-135M")
    if options.steps < 4:
        parser.error(f"--steps must be at least 4, of which two don't count, was {options.steps}")
    options.folder = options.folder.resolve()
    if options.folder.exists() and any(options.folder.iterdir()):
        parser.error(f"{options.folder} must be new or an empty folder")
    options.folder.mkdir(parents=True, exist_ok=True)
    for build in (["./r1zero", "verify", "--list"], ["./r1zero", "submit", "--print", "--", "verify", "--list"]):
        subprocess.run(build, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)

    def report(what, found, target):
        print(f"| {what} | {found} | {target} | {os.getloadavg()[0]:.1f} |", flush=True)

    print("| what | found | target | load |\n| --- | --- | --- | --- |", flush=True)
    for part in parts:
        globals()[part](options, report)


if __name__ == "__main__":
    main()
