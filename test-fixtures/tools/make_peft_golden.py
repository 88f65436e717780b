"""Makes the golden of low-rank adapters: a tiny random Llama and an adapter in PEFT's own layout, both saved by
their libraries, with the log-probs of the two together and the gradients of the adapter's parts.

Usage: python make_peft_golden.py OUT_DIR    (peft 0.21.2, torch 2.7.1, transformers 5.24.0, safetensors 0.8.0)

OUT_DIR holds config.json and model.safetensors (the base), adapter_config.json and adapter_model.safetensors (as
PeftModel.save_pretrained writes them), golden.json and provenance.json.
"""
import os, shutil, sys
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM
import golden_files

SEED = 20
out = sys.argv[1]
shutil.rmtree(out, ignore_errors=True)
torch.manual_seed(SEED)
config = LlamaConfig(vocab_size=96, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
                     num_key_value_heads=2, max_position_embeddings=128, rms_norm_eps=1e-5, bos_token_id=1,
                     eos_token_id=2, pad_token_id=0, tie_word_embeddings=True)


def stir(model, wanted):
    """Away from the usual initialisation, where all rows are alike and B is zero."""
    with torch.no_grad():
        for key, p in model.named_parameters():
            if wanted(key):
                p.copy_(torch.randn_like(p) * 0.25 + (1.0 if "norm" in key else 0.0))


base = LlamaForCausalLM(config).float().eval()
stir(base, lambda key: True)
base.save_pretrained(out)
# read again before an adapter is beside it, which from_pretrained would put on by itself
read = LlamaForCausalLM.from_pretrained(out, dtype=torch.float32, attn_implementation="eager")
lora = LoraConfig(r=4, lora_alpha=6, target_modules=["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"],
                  lora_dropout=0.0, task_type="CAUSAL_LM")
model = get_peft_model(base, lora)
stir(model, lambda key: "lora_" in key)
model.save_pretrained(out)

# what counts is what PEFT makes of the files
model = PeftModel.from_pretrained(read, out, is_trainable=True).eval()
prompts = torch.randint(3, 96, (2, 7)).tolist()
completions = [torch.randint(3, 96, (n,)).tolist() for n in (17, 9, 40)]
owner = [0, 1, 1]
count = sum(map(len, completions))
log_probs, base_log_probs = [], []


def of(completion, prompt):
    ids = torch.tensor([prompt + completion])
    logits = model(ids).logits[0, len(prompt) - 1:-1]
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(completion)[:, None])[:, 0]


for c, o in zip(completions, owner):
    lp = of(c, prompts[o])
    (-lp.sum() / count).backward()
    log_probs.append(lp.tolist())
    with model.disable_adapter(), torch.no_grad():
        base_log_probs.append(of(c, prompts[o]).tolist())
gradients = {k.replace(".default.weight", ".weight"): p.grad.flatten().tolist()
             for k, p in model.named_parameters() if p.requires_grad}
assert len(gradients) == 2 * 5 * 2, sorted(gradients)
for name in ("README.md", "generation_config.json"):  # nothing that is read
    if os.path.exists(os.path.join(out, name)):
        os.remove(os.path.join(out, name))
round9 = lambda x: float(f"{x:.9g}")
golden_files.write(
    out, dict(prompts=prompts, completions=completions, owner=owner,
              log_probs=[[round9(x) for x in row] for row in log_probs],
              base_log_probs=[[round9(x) for x in row] for row in base_log_probs],
              gradients={k: [round9(x) for x in v] for k, v in gradients.items()}),
    "make_peft_golden.py", ["peft", "torch", "transformers", "safetensors"],
    "1e-4 relative to the largest value of an array: fp32 in another order of summation", seed=SEED)
