#!/usr/bin/env python3
"""Curates many made traces on Spark with a fixed heap, and without Spark; both must choose the same, line for line.

Usage: tools/spark/curate_many.py RECORDS [FOLDER] [--heap 1g] [--master 'local[2]'] [--only-spark] [--keep]

Traces answer GSM8K's training problems in changed words: a quarter wrong, a tenth exact copies of earlier ones, a tenth
copies with a few other words, one of 2,000 no record at all. They are the same for the same index, however many there are.
"""
import argparse
import gzip
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = (
    "first next so then thus hence well now again also because since let me see that gives which makes therefore check "
    "it once more carefully step by each of them total remaining altogether left over per unit half twice sum product"
).split()
RECIPE = """\
name: curate-many
seed: 7
model: embedded
task: {name: gsm8k}
prompt: {template: plain}
rewards:
  - {verifier: number, weight: 1.0}
stages:
  - name: curate
    kind: curate
    options:
      files: [FILE]
      max_bad: 1000000000
      licence: made
      filters: {decontaminate_ngram: 13, near_duplicate: 0.7, max_per_problem: 3}
      verifiers:
        - {verifier: format}
"""


def problems():
    with gzip.open(ROOT / "data/gsm8k/train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            record = json.loads(line)
            solution, gold = record["answer"].rsplit("####", 1)
            yield f"gsm8k/train/{number}", record["question"], solution.split(), gold.strip().replace(",", "")


def words(index, known):
    """Problem, words and answer of a trace that is no copy."""
    draw = random.Random(index)
    problem = known[draw.randrange(len(known))]
    said = [draw.choice(WORDS) if draw.random() < 0.3 else word for word in problem[2]]
    for _ in range(draw.randrange(4, 30)):
        said.insert(draw.randrange(len(said) + 1), draw.choice(WORDS))
    answer = problem[3] if draw.random() < 0.75 else str(draw.randrange(1000))
    return problem, said, answer


def trace(index, known):
    draw = random.Random(-1 - index)
    kind = draw.random()
    if kind < 0.0005:
        return "not a record"
    if kind < 0.2 and index > 0:
        problem, said, answer = words(draw.randrange(index), known)
        if kind < 0.1:
            for _ in range(3):
                said[draw.randrange(len(said))] = draw.choice(WORDS)
    else:
        problem, said, answer = words(index, known)
    return json.dumps(
        {
            "problem": problem[0],
            "messages": [
                {"role": "user", "content": problem[1]},
                {"role": "assistant", "content": f"<think>{' '.join(said)}</think> <answer>{answer}</answer>"},
            ],
        }
    )


def run(name, command, folder, environment):
    """Runs a curation, and says how long it took and how much memory its largest process had."""
    with open(folder / f"{name}.log", "w") as log:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **environment})
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
    if status != 0:
        sys.exit(f"{name} failed, see {folder / name}.log")
    made = sorted((folder / name).rglob("examples.jsonl"))
    if len(made) != 1:
        sys.exit(f"{name} must have made one file of examples, made {made}")
    content = made[0].read_bytes()
    load = os.getloadavg()[0]
    print(
        f"{name}: {seconds:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of CPU, peak {used.ru_maxrss / 1024:.0f} MB,"
        f" load {load:.1f} at the end; {content.count(bytes([10]))} examples, {hashlib.sha256(content).hexdigest()[:8]}",
        flush=True,
    )
    return content


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("records", type=int)
    parser.add_argument("folder", nargs="?", default="/tmp/r1zero-curate-many")
    parser.add_argument("--heap", default="1g", help="of Spark's driver; with local[N] executors are in it")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--only-spark", action="store_true", help="where the records don't fit into memory")
    parser.add_argument("--keep", action="store_true", help="leaves the folder as it is")
    options = parser.parse_args()
    folder = pathlib.Path(options.folder).resolve()
    made = not folder.exists()
    if not made and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"{folder} must be new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "traces.jsonl"
    known = list(problems())
    with open(file, "w", encoding="utf-8") as out:
        for index in range(options.records):
            out.write(trace(index, known) + "\n")
    size = file.stat().st_size
    recipe = folder / "curate.yaml"
    recipe.write_text(RECIPE.replace("FILE", json.dumps(str(file))))
    print(f"{options.records} records, {size / 1e6:.0f} MB", flush=True)
    limit = {"R1ZERO_MAX_DATA_MB": str(max(2048, size // 1_000_000 + 1))}
    here = ["curate", str(recipe), "--set"]
    command = ["./r1zero", "submit", "--master", options.master, "--driver-memory", options.heap, "--", *here]
    for build in (["./r1zero", "verify", "--list"], ["./r1zero", "submit", "--print", "--", "verify", "--list"]):
        subprocess.run(build, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    spark = run("spark", [*command, f"output={folder / 'spark'}"], folder, limit)
    if not options.only_spark:
        plain = run("plain", ["./r1zero", *here, f"output={folder / 'plain'}"], folder, limit)
        if plain != spark:
            sys.exit(f"examples differ: {folder}/spark and {folder}/plain")
        print("the same examples, byte for byte")
    if not options.keep:
        for name in ("spark", "plain"):
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / f"{name}.log").unlink(missing_ok=True)
        file.unlink()
        recipe.unlink()
        if made:
            folder.rmdir()


if __name__ == "__main__":
    main()
