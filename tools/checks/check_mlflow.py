"""Reads a run back from an MLflow server with MLflow's client and compares it with the run's folder.

Usage: python check_mlflow.py TRACKING_URI RUNS      (called by check_mlflow.sh; needs mlflow)
"""
import glob, json, os, sys

import mlflow
from mlflow.tracking import MlflowClient

uri, runs = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = MlflowClient()
folder, = glob.glob(os.path.join(runs, "*"))
rows = [json.loads(line) for line in open(os.path.join(folder, "metrics.jsonl"))]
experiment = client.get_experiment_by_name("r1zero")
found = client.search_runs([experiment.experiment_id])
assert len(found) == 1, f"one run was expected, there are {len(found)}"
run = found[0]
assert run.info.status == "FINISHED", run.info.status
assert run.info.run_name == "mlflow", run.info.run_name
assert run.data.params["grpo.steps"] == "12" and len(run.data.params) > 150, len(run.data.params)
keys = set().union(*rows) - {"step"}
checked = 0
for key in keys:
    history = client.get_metric_history(run.info.run_id, key)
    steps = [m.step for m in history]
    assert len(steps) == len(set(steps)), f"{key} has a step twice: {steps}"
    expected = {row["step"]: row[key] for row in rows if key in row}
    if not key.startswith(("time/", "tokens_per_second/", "memory/", "step_time")):  # of a step that was done again
        assert {m.step: m.value for m in history} == expected, (key, expected, history)
    checked += len(history)
results = json.load(open(os.path.join(folder, "manifest.json")))["result"]
assert run.data.metrics["evaluation/pass1_sampled_after/mean"] == results["pass1_sampled_after"]["mean"]
artifacts = {a.path for a in client.list_artifacts(run.info.run_id)}
assert {"recipe.yaml", "manifest.json", "metrics.jsonl", "run.log"} <= artifacts, artifacts
path = client.download_artifacts(run.info.run_id, "metrics.jsonl", "/tmp")
assert open(path).read() == open(os.path.join(folder, "metrics.jsonl")).read()
print(f"OK: run {run.info.run_id} of MLflow {mlflow.__version__}: {len(rows)} steps, {checked} numbers, "
      f"{len(run.data.params)} parameters, {len(artifacts)} artefacts, {run.info.status}")
