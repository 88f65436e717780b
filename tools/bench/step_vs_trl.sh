#!/usr/bin/env bash
# Whole training steps of ours and of TRL's GRPOTrainer, one after the other, on the same model, prompts' and
# completions' lengths, group and dtype. Prints the ratios; the last line is one JSON object.
#
# Usage: step_vs_trl.sh DIR|embedded [--problems 4] [--group 8] [--prompt 100] [--new 128] [--dtype bf16] [--beta 0]
#                           [--repeat 1] [--warmup 0]
# R1ZERO_BENCH_VENV names an existing virtual environment; without it one is made below tools/bench/.venv.
# R1ZERO names another command than ./r1zero for ours.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# -ge 1 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
model=$1
shift
venv=${R1ZERO_BENCH_VENV:-$here/.venv}
if [ ! -x "$venv/bin/python" ]; then
  echo "making $venv (trl 1.16.0, transformers 5.24.0, torch 2.7.1)" >&2
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q torch==2.7.1 --index-url https://download.pytorch.org/whl/cpu ||
    "$venv/bin/pip" install -q torch==2.7.1
  "$venv/bin/pip" install -q trl==1.16.0 transformers==5.24.0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "ours" >&2
"${R1ZERO:-$root/r1zero}" bench step --model "$model" "$@" --json >"$work/ours"
echo "TRL" >&2
theirs=$model
[ "$model" != embedded ] || theirs=$root/experiments/src/main/resources/org/r1zero/embedded-base
"$venv/bin/python" "$here/trl_step.py" --model "$theirs" "$@" >"$work/trl" 2>"$work/trl.log" ||
  { tail -20 "$work/trl.log" >&2; exit 1; }
python3 - "$work/ours" "$work/trl" <<'P'
import json, sys
ours, trl = (json.loads(open(f).read().strip().splitlines()[-1]) for f in sys.argv[1:3])
rows = [("whole step, s", ours["seconds"], trl["seconds"]),
        ("rollout, s", ours["phases"]["rollout"], trl["phases"]["rollout"]),
        ("train, s", ours["phases"]["train"], trl["phases"]["train"]),
        ("peak memory, MB", ours["peak_rss_mb"], trl["peak_rss_mb"])]
print(f"{'':18}{'ours':>10}{'TRL':>10}{'TRL / ours':>12}")
for name, a, b in rows:
    print(f"{name:18}{a:10.2f}{b:10.2f}{b / a:12.2f}")
print(json.dumps({"ours": ours, "trl": trl, "ratios": {name.split(",")[0].replace(" ", "_"): b / a for name, a, b in rows}}))
P
