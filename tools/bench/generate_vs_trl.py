"""Samples what `r1zero bench generate` samples, with transformers: generate() as TRL's GRPOTrainer
calls it (one padded batch, stops when all have stopped), or continuous batching (generate_batch).

Same model, dtype, prompts, lengths and temperature; one JSON line. Run by generate_vs_trl.sh.
"""

import argparse
import json
import resource
import time

import torch
import transformers
from transformers import AutoModelForCausalLM, GenerationConfig
from transformers import StoppingCriteria, StoppingCriteriaList

SHORTEST = 16


def prompts(problems, tokens, vocabulary):
    """GenerationWorkload.requests."""
    out = []
    for p in range(problems):
        state, ids = p + 1, []
        for _ in range(tokens):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            ids.append(2 + (state >> 33) % (vocabulary - 2))
        out.append(ids)
    return out


def lengths(args):
    """GenerationWorkload.length."""
    n = args.problems * args.group
    if args.lengths == "fixed" or n == 1:
        return [args.new] * n
    return [round(SHORTEST * (args.new / SHORTEST) ** (i * 7919 % n / (n - 1))) for i in range(n)]


class StopAtLengths(StoppingCriteria):
    """A sequence is done at its length; the batch goes on until all are."""

    def __init__(self, start, wanted):
        self.start, self.wanted = start, torch.tensor(wanted)

    def __call__(self, input_ids, scores, **kwargs):
        return input_ids.shape[1] - self.start >= self.wanted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--dtype", choices=["fp32", "bf16"], required=True)
    parser.add_argument("--mode", choices=["generate", "continuous"], default="generate")
    parser.add_argument("--lengths", choices=["fixed", "spread"], default="fixed")
    for name, value in (("problems", 4), ("group", 8), ("prompt", 100), ("new", 128)):
        parser.add_argument("--" + name, type=int, default=value)
    args = parser.parse_args()
    torch.manual_seed(0)
    dtype = torch.float32 if args.dtype == "fp32" else torch.bfloat16
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=dtype).eval()
    ids = [p for p in prompts(args.problems, args.prompt, model.config.vocab_size) for _ in range(args.group)]
    wanted = lengths(args)
    common = dict(do_sample=True, temperature=1.0, top_k=0, top_p=1.0, eos_token_id=-1, pad_token_id=0)
    result = {"mode": args.mode, "transformers": transformers.__version__, "torch": torch.__version__}
    with torch.inference_mode():
        if args.mode == "generate":
            batch = torch.tensor(ids)
            warm = GenerationConfig(max_new_tokens=3, **common)
            model.generate(batch, attention_mask=torch.ones_like(batch), generation_config=warm)
            config = GenerationConfig(max_new_tokens=max(wanted), **common)
            stop = StoppingCriteriaList([StopAtLengths(batch.shape[1], wanted)])
            started = time.perf_counter()
            model.generate(
                batch, attention_mask=torch.ones_like(batch), generation_config=config, stopping_criteria=stop
            )
            seconds, tokens = time.perf_counter() - started, sum(wanted)
        else:
            if args.lengths != "fixed":
                raise SystemExit("continuous batching has no limit for each sequence")
            config = GenerationConfig(max_new_tokens=args.new, **common)
            model.generate_batch(inputs=ids[:2], generation_config=GenerationConfig(max_new_tokens=3, **common))
            started = time.perf_counter()
            outputs = model.generate_batch(inputs=ids, generation_config=config)
            seconds = time.perf_counter() - started
            tokens = sum(len(o.generated_tokens) for o in outputs.values())
    result.update(
        tokens=tokens,
        seconds=seconds,
        tokens_per_s=tokens / seconds,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
