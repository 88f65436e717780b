#!/usr/bin/env python3
"""Sends a run's numbers to Weights & Biases by its own client.

    send.py RUN_DIR [--project r1zero] [--entity NAME] [--id ID] [--offline DIR]

The recipe is the run's config, each line of metrics.jsonl a step. Run it again during the training, or after a resume: with the
same id, by default the folder's name, steps that are there are left out. With --offline the client writes its own folder below DIR,
whole each time; `wandb sync` uploads that from a machine that reaches the server.
"""
import argparse
import json
from pathlib import Path

import wandb
import yaml


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--project", default="r1zero")
    parser.add_argument("--entity")
    parser.add_argument("--id")
    parser.add_argument("--offline", type=Path)
    asked = parser.parse_args()
    folder = asked.run.resolve()
    recipe = yaml.safe_load((folder / "recipe.yaml").read_text(encoding="utf-8"))
    if asked.offline:
        asked.offline.mkdir(parents=True, exist_ok=True)
    with wandb.init(
        project=asked.project,
        entity=asked.entity,
        id=asked.id or folder.name,
        name=folder.name,
        config=recipe,
        dir=asked.offline,
        mode="offline" if asked.offline else "online",
        resume=None if asked.offline else "allow",
        settings=wandb.Settings(console="off", x_disable_stats=True),  # of this process, which trains nothing
    ) as run:
        sent = 0
        for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines(keepends=True):
            if not line.endswith("\n"):  # it is still being written
                break
            numbers = json.loads(line)
            step = numbers.pop("step")
            if step >= run.step:
                run.log(numbers, step=step)
                sent += 1
    print(f"{sent} steps of {folder.name} {'written' if asked.offline else 'sent'}")


if __name__ == "__main__":
    main()
