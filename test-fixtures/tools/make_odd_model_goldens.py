"""Makes the goldens of model folders that are odd and that transformers loads: tiny random models with their log-probs.

Usage: python make_odd_model_goldens.py OUT_DIR    (torch 2.15.0, transformers 5.24.0, safetensors)

OUT_DIR is test-fixtures/src/main/resources/goldens/model-odd. A case is a change of a sound folder's tensors.
"""
import json
import os
import shutil
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, Qwen2Config

import golden_files

SCRIPT, PACKAGES = "make_odd_model_goldens.py", ["torch", "transformers", "safetensors"]
BASE = dict(vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=128, bos_token_id=1, eos_token_id=2)
EMBED, HEAD = "model.embed_tokens.weight", "lm_head.weight"


def other_head(w):
    w[HEAD] = torch.randn_like(w[EMBED])


def same_head(w):
    w[HEAD] = w[EMBED].clone()


def head_only(w):
    w[HEAD] = w.pop(EMBED)


def unprefixed(w):
    for name in [n for n in w if n.startswith("model.")]:
        w[name.removeprefix("model.")] = w.pop(name)


def wide(w):
    for name in w:
        w[name] = w[name].double() * (1 + 2.0**-40)


def buffers(w):
    w["model.rotary_emb.inv_freq"] = torch.ones(4, dtype=torch.float64)
    w["model.rotary_emb.original_inv_freq"] = torch.ones(4)
    for i in range(2):
        w[f"model.layers.{i}.self_attn.rotary_emb.inv_freq"] = torch.ones(4, dtype=torch.float64)
        w[f"model.layers.{i}.self_attn.rotary_emb.cos_cached"] = torch.ones(1, 1, 8, 8, dtype=torch.float16)
        w[f"model.layers.{i}.self_attn.masked_bias"] = torch.tensor(-1e4)
    w["model.position_ids"] = torch.arange(8)


CASES = {  # config class, whether tied, architecture as the file says, the change
    "tied-other-head": (LlamaConfig, True, "LlamaForCausalLM", other_head),
    "tied-same-head": (LlamaConfig, True, "LlamaForCausalLM", same_head),
    "tied-head-only": (Qwen2Config, True, "Qwen2ForCausalLM", head_only),
    "unprefixed-llama": (LlamaConfig, True, "LlamaModel", unprefixed),
    "unprefixed-qwen2": (Qwen2Config, False, "Qwen2Model", unprefixed),
    "fp64": (LlamaConfig, False, "LlamaForCausalLM", wide),
    "buffers": (LlamaConfig, False, "LlamaForCausalLM", buffers),
}


def make(name, out, seed):
    config_class, tied, architecture, change = CASES[name]
    torch.manual_seed(seed)
    config = config_class(**BASE, tie_word_embeddings=tied)
    model = AutoModelForCausalLM.from_config(config)
    weights = {k: torch.randn_like(v) * 0.25 + (1.0 if "norm" in k else 0.0) for k, v in model.state_dict().items()
               if not (tied and k == HEAD)}
    change(weights)
    os.makedirs(out)
    save_file({k: v.contiguous() for k, v in weights.items()}, f"{out}/model.safetensors", metadata={"format": "pt"})
    with open(f"{out}/config.json", "w") as f:
        json.dump({**config.to_dict(), "architectures": [architecture]}, f, indent=1)
    loaded = AutoModelForCausalLM.from_pretrained(out, dtype=torch.float32, attn_implementation="eager").eval()
    prompt, completion = torch.randint(3, 64, (7,)).tolist(), torch.randint(3, 64, (40,)).tolist()
    with torch.no_grad():
        logits = loaded(torch.tensor([prompt + completion])).logits[0, len(prompt) - 1:-1]
    log_probs = torch.log_softmax(logits, -1).gather(1, torch.tensor(completion)[:, None])[:, 0]
    golden_files.write(out, dict(prompt=prompt, completion=completion, log_probs=[round(x, 6) for x in log_probs.tolist()]),
                       SCRIPT, PACKAGES, "1e-3: fp32 in another order of summation", seed=seed)


for i, case in enumerate(CASES):
    folder = os.path.join(sys.argv[1], case)
    shutil.rmtree(folder, ignore_errors=True)
    make(case, folder, 200 + i)
