#!/usr/bin/env bash
# Samples the same with r1zero and with transformers as TRL uses it, in turns; prints the machine, a table and a JSON line a case.
#   tools/bench/generate_vs_trl.sh MODEL_DIR [CASE...]
# A case is DTYPE:PROBLEMS:LENGTHS:NEW, such as bf16:4:fixed:128 (groups of 8), with :embedded where it is the embedded
# model that is sampled; without any: batches of 32 and 64, both dtypes and both lengths, then the embedded model.
#   ratio       ours over the better of generate and continuous (transformers' continuous batching)
#   our-roof    tokens/s over what this machine's products and memory allow, measured in our process; their-roof: theirs over the same
# A side that fails or takes too long has - in the table and why below it.
#
# R1ZERO_BENCH_OUT      appends the JSON lines to this file; cases that it has are not run again
# R1ZERO_BENCH_TIMEOUT  seconds a side may take (600)
# R1ZERO_BENCH_INT8     1: also ours with weights in int8, beside bf16
# R1ZERO_BENCH_LLAMA    1: also llama.cpp, built from PyPI's llama-cpp-python (minutes, once)
# R1ZERO_BENCH_CONTINUOUS  0: without transformers' continuous batching
# R1ZERO_BENCH_VENV     a Python virtual environment to use instead of the one that setup makes
# R1ZERO_BENCH_OUR_MODEL, R1ZERO_COMMAND  another model folder, another command than ./r1zero for ours
# PROMPT                the prompts' length (100)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -gt 0 ] || { sed -n '2,19p' "$0" >&2; exit 2; }
model=$1
shift
[ $# -gt 0 ] || set -- bf16:4:fixed:128 bf16:8:fixed:128 fp32:4:fixed:128 fp32:8:fixed:128 \
  bf16:4:spread:512 bf16:8:spread:512 fp32:4:spread:512 fp32:8:spread:512 \
  bf16:4:fixed:128:embedded bf16:8:fixed:128:embedded fp32:4:fixed:128:embedded fp32:8:fixed:128:embedded
cache=$HOME/.cache/r1zero
python=$("$here/setup")
llama=
if [ "${R1ZERO_BENCH_LLAMA:-0}" = 1 ]; then
  llama=$python
  if ! "$python" -c 'import llama_cpp, gguf' 2>/dev/null; then
    echo "building llama-cpp-python 0.3.36 for $python" >&2
    "$python" -m pip install -q --no-binary llama-cpp-python llama-cpp-python==0.3.36 gguf==0.19.0 >&2
  fi
fi
exec "$python" "$here/compare_generation.py" "$model" "$@" --ours "${R1ZERO_COMMAND:-$root/r1zero}" \
  --prompt "${PROMPT:-100}" --timeout "${R1ZERO_BENCH_TIMEOUT:-600}" --out "${R1ZERO_BENCH_OUT:-}" \
  --continuous "${R1ZERO_BENCH_CONTINUOUS:-1}" --int8 "${R1ZERO_BENCH_INT8:-0}" --llama-python "$llama" --cache "$cache"
