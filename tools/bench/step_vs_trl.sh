#!/usr/bin/env bash
# Whole training steps of ours and of TRL's GRPOTrainer on the same model, lengths of prompts and completions, group and
# dtype: in pairs, in turns, so that what else runs on the machine meets both. Prints the medians, and for each ratio its
# median with the smallest and largest of the pairs; the last line is one JSON object.
#
# Usage: step_vs_trl.sh DIR|embedded [--pairs 3] [--problems 4] [--group 8] [--prompt 100] [--new 128] [--dtype bf16]
#                           [--beta 0] [--repeat 1] [--warmup 0]
# R1ZERO_BENCH_VENV names another virtual environment than that of setup, R1ZERO another command than ./r1zero.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -ge 1 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
model=$1
shift
pairs=3
options=()
while [ $# -gt 0 ]; do
  if [ "$1" = --pairs ]; then
    pairs=${2:?--pairs needs a number}
    shift 2
  else
    options+=("$1")
    shift
  fi
done
[[ $pairs =~ ^[1-9][0-9]*$ ]] || { echo "--pairs must be a whole number >= 1, was $pairs" >&2; exit 2; }
python=$("$here/setup")
theirs=$model
[ "$model" != embedded ] || theirs=$root/experiments/src/main/resources/org/r1zero/embedded-base
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ours() { "${R1ZERO:-$root/r1zero}" bench step --model "$model" ${options[@]+"${options[@]}"} --json >"$work/ours-$1"; }
trl() {
  "$python" "$here/trl_step.py" --model "$theirs" ${options[@]+"${options[@]}"} >"$work/trl-$1" 2>"$work/trl.log" ||
    { tail -20 "$work/trl.log" >&2; exit 1; }
}

for ((pair = 1; pair <= pairs; pair++)); do
  echo "pair $pair of $pairs" >&2
  if ((pair % 2)); then
    ours "$pair"
    trl "$pair"
  else
    trl "$pair"
    ours "$pair"
  fi
done
"$python" "$here/step_pairs.py" "$work" "$pairs"
