#!/usr/bin/env bash
# Trains beside a real MLflow server and reads back, by MLflow's own client, what it was told.
# Usage: tools/checks/check_mlflow.sh DIR      (DIR gets the server's environment, database and runs)
# The training is killed once and resumed; the server is away for a while in between. R1ZERO names the command.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
out=$(mkdir -p "${1:?give a folder}" && cd "$1" && pwd)
command=${R1ZERO:-$root/r1zero}
port=${PORT:-5077}
[ -x "$out/venv/bin/mlflow" ] || { python3 -m venv "$out/venv" && "$out/venv/bin/pip" install -q "mlflow==${MLFLOW_VERSION:-3.4.0}" "sqlalchemy<2.1"; }
rm -rf "$out/runs" "$out/mlflow.db" "$out/artifacts"
server=
serve() {
  (cd "$out" && exec "$out/venv/bin/mlflow" server --host 127.0.0.1 --port "$port" --workers 1 \
    --backend-store-uri "sqlite:///$out/mlflow.db" --artifacts-destination "$out/artifacts" >"$out/server.log" 2>&1) &
  server=$!
  for _ in $(seq 120); do
    curl -sf "http://127.0.0.1:$port/health" >/dev/null && return
    sleep 1
  done
  echo "the server did not start: $out/server.log" && exit 1
}
away() { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; }
trap away EXIT
train() {
  $command train "$root/recipes/algorithms/base.yaml" --set name=mlflow --set "output=$out/runs" --set grpo.steps=12 \
    --set grpo.problems_per_step=2 --set grpo.num_minibatches=1 --set sampling.max_new_tokens=24 --set evaluation.problems=8 \
    --set checkpoint.save_steps=2 --set "metrics.mlflow.tracking_uri=http://127.0.0.1:$port" "$@"
}
serve
train >"$out/train-1.log" 2>&1 &
process=$!
until grep -q "step 4/12" "$out/train-1.log"; do sleep 0.2; kill -0 $process || { cat "$out/train-1.log"; exit 1; }; done
pkill -9 -P $process 2>/dev/null || true # the JVM, where the command is a script
kill -9 $process 2>/dev/null || true
wait $process 2>/dev/null || true
away
train --resume >"$out/train-2.log" 2>&1 & # the server is away: it trains all the same
process=$!
until grep -q "step 8/12\|trained" "$out/train-2.log"; do sleep 0.2; kill -0 $process || break; done
serve
wait $process
grep -i mlflow "$out/train-2.log" || true
"$out/venv/bin/python" "$root/tools/checks/check_mlflow.py" "http://127.0.0.1:$port" "$out/runs"
