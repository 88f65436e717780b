#!/usr/bin/env bash
# What training costs against the length of completions (one prompt of 128 tokens, to 4,096 tokens in all) and against the
# size of the model, ours and, with --trl, TRL's GRPOTrainer where it fits.
#
# Usage: training_cost.sh SMOLLM2_DIR OUT_DIR [--trl] [--only NAME]
# Each point is one process and one file, OUT_DIR/points/NAME.json: points that are there are not measured again, so a stopped run
# goes on. Then training_cost.py draws OUT_DIR/training-cost.svg and writes OUT_DIR/summary.json.
# R1ZERO names another command than ./r1zero; R1ZERO_BENCH_VENV another virtual environment than that of setup, which the
# random models (kept in ~/.cache/r1zero/bench-models), TRL and the plot need. Nothing else should run meanwhile.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -ge 2 ] || { sed -n '2,11p' "$0" >&2; exit 2; }
smollm2=$1
out=$2
shift 2
trl=
only=
while [ $# -gt 0 ]; do
  case $1 in
    --trl) trl=1 ;;
    --only) only=$2; shift ;;
    *) echo "unknown option $1" >&2; exit 2 ;;
  esac
  shift
done
r1zero=${R1ZERO:-$root/r1zero}
python=$("$here/setup")
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
models=${XDG_CACHE_HOME:-$HOME/.cache}/r1zero/bench-models
mkdir -p "$out/points" "$models"

# point NAME COMMAND...: the last line of what COMMAND prints becomes the point
point() {
  local name=$1 file=$out/points/$1.json
  shift
  [ -z "$only" ] || [ "$only" = "$name" ] || return 0
  [ -f "$file" ] && return 0
  echo "$(date +%T) $name" >&2
  if "$@" >"$out/points/$name.out" 2>"$out/points/$name.log"; then
    tail -1 "$out/points/$name.out" >"$file.part" && mv "$file.part" "$file"
    rm -f "$out/points/$name.out" "$out/points/$name.log"
  else
    echo "$name failed: $out/points/$name.log" >&2 # the others go on; the plot leaves it out
  fi
}

ours() { "$r1zero" bench step --json --repeat 1 --micro-batch-tokens 4096 "$@"; }
theirs() { "$python" "$here/trl_step.py" --repeat 1 "$@"; }

random_model() { # NAME options
  [ -f "$models/$1/config.json" ] || "$python" "$here/random_model.py" "$smollm2" "$models/$1" "${@:2}" >&2
}

# against length: four completions of one prompt
for new in 128 256 512 1024 2048 3968; do
  warmup=$((new <= 512 ? 1 : 0)) # the first step allocates: it counts where steps are short
  point "length-$new" ours --model "$smollm2" --problems 1 --group 4 --prompt 128 --new "$new" --warmup "$warmup"
  point "length-$new-checkpointing" ours --model "$smollm2" --problems 1 --group 4 --prompt 128 --new "$new" --warmup "$warmup" \
    --gradient-checkpointing
  if [ -n "$trl" ] && [ "$new" -le 1024 ]; then
    point "trl-length-$new" theirs --model "$smollm2" --problems 1 --group 4 --micro 4 --prompt 128 --new "$new" --warmup "$warmup"
  fi
done

# against size: two prompts with eight completions of 100 tokens each
random_model 30m --hidden 384 --layers 8 --heads 6 --kv-heads 2 --ffn 1024
random_model 360m --hidden 960 --layers 32 --heads 15 --kv-heads 5 --ffn 2560
for size in embedded-small embedded 30m smollm2 360m; do
  case $size in
    embedded*) model=$size ;;
    smollm2) model=$smollm2 ;;
    *) model=$models/$size ;;
  esac
  point "size-$size" ours --model "$model" --problems 2 --group 8 --prompt 100 --new 100 --warmup 1
  if [ -n "$trl" ] && [ "${size#embedded}" = "$size" ]; then
    point "trl-size-$size" theirs --model "$model" --problems 2 --group 8 --prompt 100 --new 100 --warmup 1
  fi
done
"$python" "$here/training_cost.py" "$out" "$smollm2" "$models"
