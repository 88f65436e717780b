"""Reads W&B's offline folder back by its own client and compares it with the run: check_wandb.py RUN_DIR OFFLINE_DIR"""
import json
import sys
from pathlib import Path

import yaml
from wandb.proto import wandb_internal_pb2

BLOCK = 1 << 15


def records(data):
    """Those of a log in LevelDB's form, after W&B's header of 7 bytes: its client 0.31 has no reader in Python."""
    at, parts = 7, b""
    while at + 7 <= len(data):
        left = BLOCK - at % BLOCK
        if left < 7:
            at += left
            continue
        length, kind = int.from_bytes(data[at + 4 : at + 6], "little"), data[at + 6]
        if kind == 0:
            return
        parts += data[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):  # whole, last
            yield parts
            parts = b""


def same(some, others):
    """Whether numbers are equal; NaN equals itself."""
    return some.keys() == others.keys() and all(v == others[k] or (v != v and others[k] != others[k]) for k, v in some.items())


run, offline = map(Path, sys.argv[1:])
(file,) = offline.glob("wandb/offline-run-*/*.wandb")
config, history = {}, []
for data in records(file.read_bytes()):
    record = wandb_internal_pb2.Record()
    record.ParseFromString(data)
    if record.HasField("run"):
        config = {item.key: json.loads(item.value_json) for item in record.run.config.update}
    if record.HasField("history"):
        items = {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in record.history.item}
        history.append((record.history.step.num, {k: v for k, v in items.items() if not k.startswith("_")}))
wanted = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
assert len(history) == len(wanted), (len(history), len(wanted))
for (step, numbers), line in zip(history, wanted):
    assert step == line.pop("step") and numbers == line, (step, numbers, line)
recipe = yaml.safe_load((run / "recipe.yaml").read_text())
assert {k: config[k] for k in recipe} == recipe, config
print(f"{len(history)} steps and {len(recipe)} keys of the recipe are what the run has")
