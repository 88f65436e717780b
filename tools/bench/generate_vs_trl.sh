#!/usr/bin/env bash
# Samples the same with r1zero and with transformers as TRL uses it, in turns, and prints a table and a JSON line a case.
#   tools/bench/generate_vs_trl.sh MODEL_DIR [CASE...]
# A case is DTYPE:PROBLEMS:LENGTHS:NEW, such as bf16:4:fixed:128 (groups of 8); without any: batches of 32 and 64, both dtypes and both lengths.
# R1ZERO_BENCH_VENV names a Python virtual environment to use; else one is made in ~/.cache/r1zero/bench-venv.
# R1ZERO_BENCH_CONTINUOUS=0 leaves transformers' continuous batching out. PROMPT (100) is the prompts' length.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
model=${1:?usage: generate_vs_trl.sh MODEL_DIR [CASE...]}
shift
[ $# -gt 0 ] || set -- bf16:4:fixed:128 bf16:8:fixed:128 fp32:4:fixed:128 fp32:8:fixed:128 \
  bf16:4:spread:512 bf16:8:spread:512 fp32:4:spread:512 fp32:8:spread:512
prompt=${PROMPT:-100}
venv=${R1ZERO_BENCH_VENV:-$HOME/.cache/r1zero/bench-venv}
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q torch==2.7.1 transformers==5.24.0 trl==1.16.0
fi
field() { "$venv/bin/python" -c 'import json,sys; print(json.load(sys.stdin).get(sys.argv[1], 0))' "$1"; }
printf '%-22s %10s %10s %10s %7s %9s %9s %9s\n' case ours generate continuous ratio roofline our-MB their-MB
for case in "$@"; do
  IFS=: read -r dtype problems lengths new <<<"$case"
  options=(--dtype "$dtype" --problems "$problems" --group 8 --prompt "$prompt" --new "$new" --lengths "$lengths")
  ours=$(${R1ZERO_COMMAND:-"$root/r1zero"} bench generate --model "${R1ZERO_BENCH_OUR_MODEL:-$model}" "${options[@]}" --json | tail -1)
  theirs=$("$venv/bin/python" "$here/generate_vs_trl.py" --model "$model" "${options[@]}" 2>/dev/null | tail -1)
  continuous='{}'
  if [ "$lengths" = fixed ] && [ "${R1ZERO_BENCH_CONTINUOUS:-1}" = 1 ]; then
    continuous=$(timeout 600 "$venv/bin/python" "$here/generate_vs_trl.py" --model "$model" "${options[@]}" \
      --mode continuous 2>/dev/null | tail -1) || continuous='{}'
    [ -n "$continuous" ] || continuous='{}'
  fi
  a=$(field tokens_per_s <<<"$ours") b=$(field tokens_per_s <<<"$theirs") c=$(field tokens_per_s <<<"$continuous")
  ratio=$(awk -v a="$a" -v b="$b" -v c="$c" 'BEGIN { print a / (b > c ? b : c) }')
  printf '%-22s %10.1f %10.1f %10.1f %7.1f %9.2f %9.0f %9.0f\n' "$case" "$a" "$b" "$c" "$ratio" \
    "$(field roofline_share <<<"$ours")" "$(field peak_rss_mb <<<"$ours")" "$(field peak_rss_mb <<<"$theirs")"
  printf '{"case": "%s", "ours": %s, "generate": %s, "continuous": %s}\n' "$case" "$ours" "$theirs" "$continuous"
done
