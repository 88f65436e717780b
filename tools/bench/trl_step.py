"""Times whole training steps of TRL's GRPOTrainer, as `r1zero bench step` times ours.

Usage: python trl_step.py --model DIR [--dtype bf16|fp32] [--problems 4] [--group 8] [--prompt 100] [--new 128]
                          [--beta 0] [--repeat 1] [--warmup 0] [--threads 2]

Every completion is forced to exactly --new tokens. Prints one JSON object: the median step's seconds, the
rollout's (generation and rewards), the score's (reference and old log-probs) and the training's
(loss, backward, optimizer), tokens_per_s and peak_rss_mb, with the versions. trl 1.16, transformers 5.24, torch 2.7.1.
"""
import argparse, json, os, resource, statistics, sys, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--dtype", choices=["bf16", "fp32"], default="bf16")
parser.add_argument("--problems", type=int, default=4)
parser.add_argument("--group", type=int, default=8)
parser.add_argument("--prompt", type=int, default=100)
parser.add_argument("--new", type=int, default=128)
parser.add_argument("--beta", type=float, default=0.0)
parser.add_argument("--repeat", type=int, default=1)
parser.add_argument("--warmup", type=int, default=0)
parser.add_argument("--micro", type=int, default=8, help="sequences of a forward pass; TRL's default is 8")
parser.add_argument("--threads", type=int, default=os.cpu_count())
args = parser.parse_args()

import torch, transformers, trl
from datasets import Dataset
from transformers import AutoTokenizer

torch.set_num_threads(args.threads)
transformers.utils.logging.disable_progress_bar()
tokenizer = AutoTokenizer.from_pretrained(args.model)
if tokenizer.pad_token is None:
    tokenizer.pad_token = tokenizer.eos_token


def prompt_of(length, seed):
    """A text that the tokenizer reads as exactly `length` tokens."""
    words = ("two three five seven apples pens boxes trains has buys gives sells and then after that of the a in to her his "
             "each more less many how").split()
    generator = torch.Generator().manual_seed(seed)
    text = ""
    while True:
        longer = (text + " " if text else "") + words[int(torch.randint(len(words), (1,), generator=generator))]
        count = len(tokenizer(longer)["input_ids"])
        if count > length:
            continue
        text = longer
        if count == length:
            return text


sequences = args.problems * args.group
steps = args.warmup + args.repeat
prompts = [prompt_of(args.prompt, i) for i in range(args.problems * steps)]


def reward(completions, **_):
    return [float(sum(map(ord, c)) % 7) / 7 for c in completions]


spent = {"rollout": 0.0, "score": 0.0}
finished = []


class TimedTrainer(trl.GRPOTrainer):
    def _generate(self, *a, **k):
        started = time.perf_counter()
        try:
            return super()._generate(*a, **k)
        finally:
            spent["rollout"] += time.perf_counter() - started

    def _get_per_token_logps_and_entropies(self, *a, **k):
        started = time.perf_counter()
        try:
            return super()._get_per_token_logps_and_entropies(*a, **k)
        finally:
            if not torch.is_grad_enabled():
                spent["score"] += time.perf_counter() - started


class Clock(transformers.TrainerCallback):
    def on_step_begin(self, *_, **__):
        self.started = time.perf_counter()
        spent.update(rollout=0.0, score=0.0)

    def on_step_end(self, *_, **__):
        seconds = time.perf_counter() - self.started
        finished.append(dict(seconds=seconds, **spent, train=seconds - sum(spent.values())))
        print(json.dumps(finished[-1]), file=sys.stderr, flush=True)


with tempfile.TemporaryDirectory() as folder:
    config = trl.GRPOConfig(
        output_dir=folder, per_device_train_batch_size=min(args.micro, sequences),
        gradient_accumulation_steps=max(1, sequences // args.micro), num_generations=args.group,
        max_completion_length=args.new, generation_kwargs=dict(min_new_tokens=args.new),
        max_steps=steps, beta=args.beta, bf16=args.dtype == "bf16", learning_rate=1e-6, use_cpu=True, report_to=[],
        save_strategy="no", logging_steps=1, gradient_checkpointing=False, disable_tqdm=True,
        model_init_kwargs=dict(dtype="float32"))
    trainer = TimedTrainer(
        model=args.model, reward_funcs=reward, args=config, processing_class=tokenizer,
        train_dataset=Dataset.from_dict({"prompt": prompts}), callbacks=[Clock()])
    trainer.train()

chosen = finished[args.warmup:]
median = {key: statistics.median(step[key] for step in chosen) for key in chosen[0]}
print(json.dumps(dict(
    seconds=median["seconds"], phases={k: v for k, v in median.items() if k != "seconds"},
    tokens_per_s=sequences * args.new / median["seconds"],
    peak_rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, steps=[s["seconds"] for s in chosen],
    versions=dict(trl=trl.__version__, transformers=transformers.__version__, torch=torch.__version__))))
