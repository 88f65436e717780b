#!/usr/bin/env bash
# Has W&B's client write a run's numbers offline (tools/wandb/send.py) and reads them back. Nothing is sent to its server.
# Usage: tools/checks/check_wandb.sh DIR RUN_DIR      (DIR gets the client's environment and folder)
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
run=$(cd "${2:?give a run}" && pwd)
out=$(mkdir -p "${1:?give a folder}" && cd "$1" && pwd)
[ -x "$out/venv/bin/wandb" ] || { python3 -m venv "$out/venv" && "$out/venv/bin/pip" install -q "wandb==${WANDB_VERSION:-0.31.0}" pyyaml; }
rm -rf "$out/offline"
"$out/venv/bin/python" "$root/tools/wandb/send.py" "$run" --offline "$out/offline"
"$out/venv/bin/python" "$root/tools/checks/check_wandb.py" "$run" "$out/offline"
(cd "$out/offline" && "$out/venv/bin/wandb" sync --dry-run)
