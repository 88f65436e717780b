"""Makes the goldens of the policy network: tiny random models of each family and option, saved by
transformers, with their logits, token log-probs, loss and gradients.

Usage: python make_model_goldens.py OUT_DIR    (torch 2.7.1, transformers 4.57.6, safetensors 0.6.2)

For each case OUT_DIR/<case>/ holds config.json, generation_config.json and model.safetensors (sharded for one
case, bf16 and fp16 for two), golden.json, and provenance.json with the sha256 of every file.
"""
import datetime, hashlib, json, os, shutil, sys
import torch, transformers
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

BASE = dict(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5, rope_theta=10000.0,
            bos_token_id=1, eos_token_id=2, pad_token_id=0, tie_word_embeddings=False)
CASES = {
    "llama-gqa-tied": (LlamaConfig, LlamaForCausalLM, dict(tie_word_embeddings=True)),
    "llama-mha-biases": (LlamaConfig, LlamaForCausalLM, dict(num_key_value_heads=4, attention_bias=True, mlp_bias=True)),
    "llama-head-dim": (LlamaConfig, LlamaForCausalLM, dict(head_dim=12, rope_theta=500000.0)),
    "llama-rope-linear": (LlamaConfig, LlamaForCausalLM, dict(rope_scaling=dict(rope_type="linear", factor=4.0))),
    "llama-rope-llama3": (LlamaConfig, LlamaForCausalLM, dict(rope_scaling=dict(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32))),
    "llama-rope-yarn": (LlamaConfig, LlamaForCausalLM, dict(rope_scaling=dict(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=32))),
    "qwen2-tied": (Qwen2Config, Qwen2ForCausalLM, dict(tie_word_embeddings=True)),
    "qwen2-rope-yarn": (Qwen2Config, Qwen2ForCausalLM, dict(rope_scaling=dict(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=32, beta_fast=16.0, beta_slow=2.0))),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM, dict(head_dim=16)),
    "qwen3-tied-bias": (Qwen3Config, Qwen3ForCausalLM, dict(head_dim=8, tie_word_embeddings=True, attention_bias=True)),
    "llama-sharded": (LlamaConfig, LlamaForCausalLM, dict()),
    "llama-bf16-file": (LlamaConfig, LlamaForCausalLM, dict()),
    "llama-fp16-file": (LlamaConfig, LlamaForCausalLM, dict()),
}


def sha(path):
    return hashlib.sha256(open(path, "rb").read()).hexdigest()


def make(name, out, seed):
    config_class, model_class, options = CASES[name]
    torch.manual_seed(seed)
    config = config_class(**{**BASE, **options})
    config._attn_implementation = "eager"
    model = model_class(config).float().eval()
    with torch.no_grad():  # far from the default initialisation, which makes every row alike
        for key, p in model.named_parameters():
            p.copy_(torch.randn_like(p) * 0.25 + (1.0 if "norm" in key else 0.0))
    stored = {"llama-bf16-file": torch.bfloat16, "llama-fp16-file": torch.float16}.get(name, torch.float32)
    model = model.to(stored)
    model.save_pretrained(out, max_shard_size="20KB" if name == "llama-sharded" else "1GB")
    # read again: converting the model in place would round its rotary frequencies too
    model = model_class.from_pretrained(out, torch_dtype=torch.float32, attn_implementation="eager").eval()
    prompts = torch.randint(3, 96, (2, 7)).tolist()
    completions = [torch.randint(3, 96, (n,)).tolist() for n in (17, 9)] + [torch.randint(3, 96, (70,)).tolist()]
    owner = [0, 1, 1]
    model.zero_grad()
    total, log_probs, logits, count = 0.0, [], [], sum(map(len, completions))
    for c, o in zip(completions, owner):
        ids = torch.tensor([prompts[o] + c])
        z = model(ids).logits[0, len(prompts[o]) - 1:-1]
        lp = torch.log_softmax(z, -1).gather(1, torch.tensor(c)[:, None])[:, 0]
        loss = -lp.sum() / count
        loss.backward()
        total += loss.item()
        log_probs.append(lp.tolist())
        logits.append(z[-1].tolist())
    golden = dict(prompts=prompts, completions=completions, owner=owner, log_probs=log_probs, last_logits=logits, loss=total,
                  gradients={k: p.grad.flatten().tolist() for k, p in model.named_parameters()})
    with open(os.path.join(out, "golden.json"), "w") as f:
        json.dump(json.loads(json.dumps(golden), parse_float=lambda s: float(f"{float(s):.9g}")), f)


def main():
    root = sys.argv[1]
    for i, name in enumerate(CASES):
        out = os.path.join(root, name)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        make(name, out, 100 + i)
        files = {f: sha(os.path.join(out, f)) for f in sorted(os.listdir(out))}
        json.dump(dict(generator="test-fixtures/tools/make_model_goldens.py", seed=100 + i,
                       versions=dict(torch=torch.__version__, transformers=transformers.__version__,
                                     python=sys.version.split()[0]),
                       command="python make_model_goldens.py OUT_DIR", date=datetime.date.today().isoformat(),
                       tolerance="1e-4 relative to the largest value of an array: fp32 in another order of summation",
                       sha256=files), open(os.path.join(out, "provenance.json"), "w"), indent=1)
        print(name, sum(os.path.getsize(os.path.join(out, f)) for f in files), "bytes")


main()
