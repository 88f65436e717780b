"""Samples what `r1zero bench generate` samples, with transformers: generate() as TRL's GRPOTrainer
calls it (one padded batch, stops when all have stopped), or transformers' continuous batching.

Same model, dtype, prompts, lengths and temperature; one JSON line. Run by generate_vs_trl.sh.

Continuous batching runs through the manager that generate_batch wraps, since only it takes a length
for each sequence. Its defaults are for GPUs: 8192 tokens a batch, pages of 256 and a cache of 60 % of
the memory. On a CPU attention is one masked product of all queries with all keys of the batch, so
small batches and pages that share the prompts are faster; --page and --batch-tokens have the best
that we found. --page 0 --batch-tokens 0 are the defaults.
"""

import argparse
import json
import math
import resource

import torch
import transformers
from transformers import AutoModelForCausalLM, GenerationConfig
from transformers import ContinuousBatchingConfig, StoppingCriteria, StoppingCriteriaList
from transformers.generation.continuous_batching.utils import WorkloadHints

import generation_workload as workload


class StopAtLengths(StoppingCriteria):
    """A sequence is done at its length; the batch goes on until all are."""

    def __init__(self, start, wanted):
        self.start, self.wanted = start, torch.tensor(wanted)

    def __call__(self, input_ids, scores, **kwargs):
        return input_ids.shape[1] - self.start >= self.wanted


def sample_padded(model, args, wanted, common):
    """As TRL's GRPOTrainer does; seconds and tokens."""

    def sample(prompts, config, stop):
        batch = torch.tensor([p for p in prompts for _ in range(args.group)])
        out = model.generate(
            batch, attention_mask=torch.ones_like(batch), generation_config=config, stopping_criteria=stop
        )
        return sum(wanted) if out.shape[1] == args.prompt + max(wanted) else 0

    vocabulary = model.config.vocab_size
    warm = workload.prompts(args.problems, args.prompt, vocabulary)
    sample(warm, GenerationConfig(max_new_tokens=3, **common), StoppingCriteriaList())
    config = GenerationConfig(max_new_tokens=max(wanted), **common)
    stop = StoppingCriteriaList([StopAtLengths(args.prompt, wanted)])
    return workload.in_rounds(args, vocabulary, lambda prompts: sample(prompts, config, stop))


def continuous_config(args, wanted):
    """Room for all sequences at once: nothing waits and nothing is computed twice."""
    if args.page == 0:
        return ContinuousBatchingConfig(seed=0)
    blocks = sum(math.ceil((args.prompt + n) / args.page) + 1 for n in wanted)
    return ContinuousBatchingConfig(
        page_size=args.page,
        num_blocks=blocks,
        max_batch_tokens=max(args.batch_tokens, len(wanted)),
        safety_margin=0.0,
        seed=0,
    )


def collect(manager, requests):
    """Adds (prompt, length) pairs and waits for all; tokens."""
    for prompt, length in requests:
        manager.add_request(prompt, max_new_tokens=length, eos_token_id=-1)
    tokens = 0
    for done in range(len(requests)):
        result = None
        while result is None or not result.is_finished():
            result = manager.get_result(timeout=1)
            if result is not None and result.error:
                raise SystemExit(f"continuous batching failed: {result.error}")
            if result is None and not manager.is_running():
                raise SystemExit(f"continuous batching stopped after {done} of {len(requests)} sequences")
        tokens += len(result.generated_tokens)
    return tokens


def sample_continuously(model, args, wanted, common):
    """Seconds and tokens; warmed up with prompts that are not sampled from later, since they stay in the cache."""
    vocabulary = model.config.vocab_size
    with model.continuous_batching_context_manager(
        generation_config=GenerationConfig(max_new_tokens=max(wanted), **common),
        continuous_batching_config=continuous_config(args, wanted),
        workload_hints=WorkloadHints(args.prompt, max(wanted), len(wanted)),
    ) as manager:
        collect(manager, [(p[::-1], 3) for p in workload.prompts(2, args.prompt, vocabulary)])

        def sample(prompts):
            each = [p for p in prompts for _ in range(args.group)]
            return collect(manager, list(zip(each, wanted)))

        return workload.in_rounds(args, vocabulary, sample)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--dtype", choices=["fp32", "bf16"], required=True)
    parser.add_argument("--mode", choices=["generate", "continuous"], default="generate")
    for name, value in (("page", 32), ("batch-tokens", 256)):
        parser.add_argument("--" + name, type=int, default=value)
    workload.add_options(parser)
    args = parser.parse_args()
    torch.manual_seed(0)
    dtype = torch.float32 if args.dtype == "fp32" else torch.bfloat16
    model = AutoModelForCausalLM.from_pretrained(args.model, dtype=dtype).eval()
    wanted = workload.lengths(args)
    common = dict(do_sample=True, temperature=1.0, top_k=0, top_p=1.0, eos_token_id=-1, pad_token_id=0)
    result = {"mode": args.mode, "transformers": transformers.__version__, "torch": torch.__version__}
    with torch.inference_mode():
        if args.mode == "generate":
            seconds, tokens = sample_padded(model, args, wanted, common)
        else:
            seconds, tokens = sample_continuously(model, args, wanted, common)
            result.update(page=args.page, batch_tokens=args.batch_tokens)
    result.update(
        tokens=tokens,
        seconds=seconds,
        tokens_per_s=tokens / seconds,
        peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
