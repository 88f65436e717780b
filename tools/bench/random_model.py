"""Makes a Llama folder with random weights and SmolLM2's tokenizer, to time models of other sizes.

Usage: python random_model.py TOKENIZER_DIR OUT_DIR --hidden 384 --layers 12 [--heads 6] [--kv-heads 2] [--ffn 1024]
                              [--seed 1]                    (transformers 5.24, torch 2.7.1, safetensors 0.8)
"""
import argparse, os, shutil
import torch
from transformers import LlamaConfig, LlamaForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("tokenizer")
parser.add_argument("out")
for name, default in (("hidden", 384), ("layers", 12), ("heads", 6), ("kv-heads", 2), ("ffn", 1024), ("vocab", 49152),
                      ("seed", 1)):
    parser.add_argument("--" + name, type=int, default=default)
a = parser.parse_args()
torch.manual_seed(a.seed)
model = LlamaForCausalLM(LlamaConfig(
    vocab_size=a.vocab, hidden_size=a.hidden, intermediate_size=a.ffn, num_hidden_layers=a.layers,
    num_attention_heads=a.heads, num_key_value_heads=a.kv_heads, head_dim=a.hidden // a.heads,
    max_position_embeddings=8192, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, pad_token_id=2))
model.to(torch.bfloat16).save_pretrained(a.out)
for name in os.listdir(a.tokenizer):
    if "token" in name or name.endswith(".jinja"):
        shutil.copy(os.path.join(a.tokenizer, name), a.out)
print(a.out, sum(p.numel() for p in model.parameters()), "parameters")
