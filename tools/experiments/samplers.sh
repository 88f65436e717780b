#!/usr/bin/env bash
# Does it help to choose problems by their difficulty? Samplers on the embedded task, over seeds, at equal tokens.
# Usage: tools/experiments/samplers.sh OUT_DIR [SEEDS] [SAMPLERS] [--set key=value ...]
#   SEEDS and SAMPLERS are lists in quotes, such as "1 2 3 4 5" and "uniform curriculum bandit".
# Runs already in OUT_DIR/runs are kept; OUT_DIR gets summary.md. R1ZERO names the command (./r1zero).
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
out=${1:?give a folder for the results}
read -ra seeds <<<"${2:-1 2 3 4 5}"
read -ra samplers <<<"${3:-uniform curriculum bandit}"
command=${R1ZERO:-$root/r1zero}
mkdir -p "$out/runs"
for seed in "${seeds[@]}"; do
  for sampler in "${samplers[@]}"; do
    run=$out/runs/$sampler-$seed
    [ -f "$run/done" ] && continue
    rm -rf "$run"
    $command train "$root/recipes/algorithms/base.yaml" "$root/recipes/algorithms/samplers.yaml" \
      --set "rollouts.sampler.strategy=$sampler" --set evaluation.every_steps=10 --set "seed=$seed" --set "name=$sampler" --set "output=$run" \
      "${@:4}" >"$out/runs/$sampler-$seed.log" 2>&1
    touch "$run/done"
    echo "$sampler, seed $seed: done"
  done
done
python3 "$root/tools/experiments/samplers_summary.py" "$out"
