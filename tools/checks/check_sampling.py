"""Compares what r1zero samples, and the log-probs that it reports, with transformers' probabilities.

    python tools/checks/check_sampling.py MODEL_DIR [--command ./r1zero] [--dtype float32] [--completions 4000]

For each set of sampling options: one token after a prompt, many times; transformers' forward and logits processors
give the exact probabilities, a chi-square test says whether the counts can come from them, no token may be outside of
them, and each log-prob reported must be theirs. Then completions of 64 tokens, whose log-probs must be those of one
forward over prompt and completion. Needs torch and transformers; ends with code 1 where something does not agree.
"""

import argparse
import collections
import json
import subprocess
import sys

import torch
from transformers import AutoModelForCausalLM, LogitsProcessorList
from transformers import MinPLogitsWarper, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

PROMPTS = ["Question: Tom has 12 pens and loses 4 of them. How many are left?\nAnswer:", "Once upon a time there was"]
OPTIONS = [
    {},
    {"temperature": 0.7},
    {"temperature": 1.5},
    {"top-k": 20},
    {"top-p": 0.8},
    {"min-p": 0.1},
    {"temperature": 1.2, "top-k": 50, "top-p": 0.9, "min-p": 0.02},
    {"temperature": 0},
]
WARPERS = [
    ("temperature", TemperatureLogitsWarper),
    ("top-k", TopKLogitsWarper),
    ("top-p", TopPLogitsWarper),
    ("min-p", MinPLogitsWarper),
]


def sample(args, prompts, count, tokens, options, seed):
    command = [args.command, "generate", "--model", args.model, "--dtype", args.dtype, "--json", "-n", str(count)]
    command += ["--max-new-tokens", str(tokens), "--seed", str(seed)]
    for name, value in options.items():
        command += ["--" + name, str(value)]
    out = subprocess.run(command + prompts, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)["results"]


def log_probs(logits, options):
    """Of the distribution that is sampled from, rows of logits in fp32."""
    if options.get("temperature") == 0:
        return torch.full_like(logits, -torch.inf).scatter_(-1, logits.argmax(-1, True), 0.0)
    chain = LogitsProcessorList(warper(options[name]) for name, warper in WARPERS if name in options)
    return torch.log_softmax(chain(None, logits.clone()), -1)


def chi_square(counts, expected):
    """The p-value of these counts, rare tokens in one cell."""
    total = sum(counts.values())
    common = (expected * total >= 5).nonzero().flatten().tolist()
    cells = [(counts.get(t, 0), expected[t].item() * total) for t in common]
    rest = total - sum(e for _, e in cells), total - sum(c for c, _ in cells)
    if rest[0] >= 1:
        cells.append((rest[1], rest[0]))
    value = sum((c - e) ** 2 / e for c, e in cells)
    freedom = max(1, len(cells) - 1)
    return torch.special.gammaincc(torch.tensor(freedom / 2.0), torch.tensor(value / 2.0)).item(), len(cells)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--command", default="./r1zero")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--completions", type=int, default=4000)
    args = parser.parse_args()
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=getattr(torch, args.dtype)).eval()
    # two programs in bf16 round differently; in fp32 they must be the same distribution
    limit, mean_limit, floor = (2e-3, 1e-4, 1e-4) if args.dtype == "float32" else (1.0, 0.05, 0.0)
    failed = False
    for number, options in enumerate(OPTIONS):
        for result in sample(args, PROMPTS, args.completions, 1, options, number):
            with torch.no_grad():
                logits = model(torch.tensor([result["prompt_tokens"]])).logits[:, -1].float()
            exact = log_probs(logits, options)[0]
            tokens = [c["tokens"][0] for c in result["completions"]]
            outside = sum(exact[t].isinf().item() for t in tokens)
            p, cells = chi_square(collections.Counter(tokens), exact.exp().double())
            reported = torch.tensor([c["logprobs"][0] for c in result["completions"]])
            own = exact[tokens]
            gap = (reported - own)[own.isfinite()].abs().max().item()
            bad = (outside > 0 and args.dtype == "float32") or p < floor or gap > limit
            failed |= bad
            print(f"{'BAD ' if bad else 'ok  '} {options or 'no filters'}: {len(tokens)} tokens in {cells} cells,"
                  f" chi-square p {p:.3f}, {outside} outside, log-probs differ by at most {gap:.2g}", flush=True)
    for options in ({}, {"temperature": 0.8}):
        gaps = []
        for result in sample(args, PROMPTS * 4, 8, 64, options, 99):
            for completion in result["completions"]:
                ids = result["prompt_tokens"] + completion["tokens"]
                with torch.no_grad():
                    logits = model(torch.tensor([ids])).logits[0, len(result["prompt_tokens"]) - 1 : -1].float()
                own = log_probs(logits, options).gather(1, torch.tensor(completion["tokens"])[:, None])[:, 0]
                gaps.append((torch.tensor(completion["logprobs"]) - own).abs())
        gap = torch.cat(gaps)
        bad = gap.mean().item() > mean_limit or gap.max().item() > limit
        failed |= bad
        print(f"{'BAD ' if bad else 'ok  '} {options or 'no filters'}: log-probs of {len(gap)} tokens in completions differ"
              f" by {gap.mean().item():.2g} on average, {gap.max().item():.2g} at most", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
