"""Makes the golden of greedy text: SmolLM2-135M-Instruct in transformers, fp32, 64 tokens on five prompts.

Usage: R1ZERO_TEST_MODEL=MODEL_DIR python make_smollm2_golden.py OUT_DIR    (torch 2.7.1, transformers 5.24.0)

OUT_DIR is test-fixtures/src/main/resources/goldens; MODEL_DIR is what tools/models/make_smollm2.sh writes. A prompt
is taken only if the likeliest token always leads by a margin that rounding can't turn.
"""
import os
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import golden_files

MARGIN = 0.005
CHATS = [[dict(role="user", content="What is the capital of France?")],
         [dict(role="user", content="Tom has 3 apples and buys 4 more. How many apples does he have?")],
         [dict(role="system", content="Answer in one short sentence."), dict(role="user", content="Why is the sky blue?")]]
PLAIN = ["def fibonacci(n):\n", "Once upon a time, in a small village by the sea,", "The three laws of motion are",
         "1, 2, 3, 4, 5, 6,", "Dear Sir or Madam,\n\n"]


def main():
    folder = os.environ["R1ZERO_TEST_MODEL"]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    prompts = [tokenizer.apply_chat_template(c, tokenize=False, add_generation_prompt=True) for c in CHATS] + PLAIN
    cases = []
    for prompt in prompts:
        # a chat template spells the token that the tokenizer would put before the text
        ids = tokenizer.encode(prompt, add_special_tokens=not prompt.startswith("<|im_start|>"))
        with torch.no_grad():
            out = model.generate(torch.tensor([ids]), max_new_tokens=64, do_sample=False, output_logits=True,
                                 return_dict_in_generate=True, pad_token_id=2)
        tokens = out.sequences[0, len(ids):].tolist()
        logits = torch.stack(out.logits)[:, 0].double()
        best = logits.topk(2).values
        margin = (best[:, 0] - best[:, 1]).min().item()
        log_probs = torch.log_softmax(logits, -1)[torch.arange(len(tokens)), torch.tensor(tokens)]
        text = tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        print(f"{margin:.4f} {len(tokens)} {prompt[-30:]!r} -> {text[:60]!r}")
        if margin > MARGIN:
            cases.append(dict(prompt=prompt, prompt_ids=ids, tokens=tokens, text=text, margin=round(margin, 4),
                              log_probs=[round(v, 6) for v in log_probs.tolist()]))
    assert len(cases) >= 5, len(cases)
    model_sha256 = golden_files.sha256(os.path.join(folder, "model.safetensors"))
    golden_files.write(sys.argv[1] + "/generation/smollm2-greedy", dict(model_sha256=model_sha256, cases=cases[:5]),
                       "make_smollm2_golden.py", ["torch", "transformers"],
                       tolerance=f"tokens are equal, every one leads by {MARGIN} or more; 1e-3 for log-probs: fp32",
                       model="SmolLM2-135M-Instruct, made by tools/models/make_smollm2.sh")


main()
