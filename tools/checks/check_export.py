"""Loads exported folders in transformers and compares their logits with those of the first one.

python3 tools/checks/check_export.py FP32_FOLDER OTHER_FOLDER...   (torch, transformers)
An fp32 folder must agree to 1e-5; a bf16 folder, computed in fp32, within bf16's rounding of the weights.
"""

import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

first, others = sys.argv[1], sys.argv[2:]
tokenizer = AutoTokenizer.from_pretrained(first)
ids = tokenizer("Question: Tom has 12 pens and loses 4 of them.", return_tensors="pt").input_ids


def logits(folder):
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    GenerationConfig.from_pretrained(folder)
    with torch.no_grad():
        return model(ids).logits, model.config.dtype


expected, _ = logits(first)
for folder in others:
    got, _ = logits(folder)
    import json
    import pathlib

    bf16 = json.loads(pathlib.Path(folder, "config.json").read_text())["dtype"] == "bfloat16"
    gap = (got - expected).abs().max().item()
    limit = 0.02 * expected.abs().max().item() if bf16 else 1e-5
    print(f"{folder}: largest difference {gap:.3g}, allowed {limit:.3g}")
    if not gap <= limit:
        sys.exit(1)
