# Sourced by the benchmarks: sets $python to that of their one environment, which is made where it is missing or old.
# R1ZERO_BENCH_VENV names another environment, which is taken as it is.
python=${R1ZERO_BENCH_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/r1zero/bench-venv}/bin/python
if [ -z "${R1ZERO_BENCH_VENV:-}" ]; then
  wanted=$(dirname "${BASH_SOURCE[0]}")/requirements.txt
  venv=${python%/bin/python}
  if ! cmp -s "$wanted" "$venv/made-from.txt"; then
    echo "making $venv from tools/bench/requirements.txt (some gigabytes from PyPI, once)" >&2
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -q -r "$wanted" && cp "$wanted" "$venv/made-from.txt"
  fi
fi
[ -x "$python" ] || { echo "$python can't be run; R1ZERO_BENCH_VENV must name a virtual environment" >&2; exit 2; }
