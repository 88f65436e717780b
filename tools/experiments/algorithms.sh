#!/usr/bin/env bash
# Learning curves of several objectives on the embedded task, over seeds.
# Usage: tools/experiments/algorithms.sh OUT_DIR [SEEDS] [ALGORITHMS]
#   SEEDS and ALGORITHMS are lists in quotes, such as "1 2 3 4 5" and "grpo dr_grpo dapo gspo".
# Runs already in OUT_DIR/runs are kept; OUT_DIR gets summary.json and summary.md. Draw them with
# tools/plots/algorithms.py OUT_DIR/summary.json OUT.svg. R1ZERO names the command (./r1zero).
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
out=${1:?give a folder for the results}
read -ra seeds <<<"${2:-1 2 3 4 5}"
read -ra algorithms <<<"${3:-grpo dr_grpo dapo gspo}"
command=${R1ZERO:-$root/r1zero}
mkdir -p "$out/runs"
for seed in "${seeds[@]}"; do
  for algorithm in "${algorithms[@]}"; do
    run=$out/runs/$algorithm-$seed
    [ -f "$run/done" ] && continue
    rm -rf "$run"
    $command train "$root/recipes/algorithms/base.yaml" "$root/recipes/algorithms/$algorithm.yaml" \
      --set "seed=$seed" --set "name=$algorithm" --set "output=$run" >"$out/runs/$algorithm-$seed.log" 2>&1
    touch "$run/done"
    echo "$algorithm, seed $seed: done"
  done
done
python3 "$root/tools/experiments/algorithms_summary.py" "$out"
