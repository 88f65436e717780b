"""Makes the golden of a whole training: TRL's GRPOTrainer on a tiny model, with rollouts and rewards handed to it.

Usage: python make_trainer_golden.py OUT_DIR    (torch 2.7.1, transformers 5.24.0, trl 1.16.0)

OUT_DIR is test-fixtures/src/main/resources/goldens; the model is that of its model/llama-gqa-tied. Three steps of three
updates each: old log-probs, clipping, the KL term, gradient clipping, warm-up and a cosine schedule all take part. The KL term is DeepSeekMath's, without the factor that TRL adds by default.
"""
import os
import sys
import tempfile

os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

import golden_files

GROUPS, GENERATIONS, STEPS, ITERATIONS = 2, 3, 3, 3
LOGGED = ("loss", "grad_norm", "learning_rate", "kl", "entropy", "reward", "reward_std", "frac_reward_zero_std",
          "num_tokens")


def rollouts(generator):
    """The prompts and completions of a step; 2 ends a sequence, and one is cut off."""
    draw = lambda n: torch.randint(3, 96, (n,), generator=generator).tolist()
    groups = []
    for g in range(GROUPS):
        lengths = torch.randint(1, 9, (GENERATIONS,), generator=generator).tolist()
        completions = [draw(n - 1) + [2] for n in lengths]
        if g == 0:
            completions[0] = draw(9)
        rewards = torch.randint(0, 5, (GENERATIONS,), generator=generator).div(4).tolist()
        rewards[0] = rewards[1] + 0.5
        groups.append(dict(prompt=draw(3 + 2 * g), completions=completions, rewards=rewards))
    return groups


def main():
    root = sys.argv[1]
    g = torch.Generator().manual_seed(23)
    steps = [rollouts(g) for _ in range(STEPS)]
    words = {"<pad>": 0, "<s>": 1, "</s>": 2, **{f"w{i}": i for i in range(3, 96)}}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<pad>")),
                                        pad_token="<pad>", bos_token="<s>", eos_token="</s>")
    calls = []

    def rollout_func(prompts, trainer):
        groups = steps[len(calls)]
        calls.append(prompts)
        assert prompts == [p for p in "01" for _ in range(GENERATIONS)], prompts
        ids = [c for group in groups for c in group["completions"]]
        return dict(prompt_ids=[group["prompt"] for group in groups for _ in range(GENERATIONS)], completion_ids=ids,
                    logprobs=[[0.0] * len(c) for c in ids])

    def reward(prompts, completions, **rest):
        return [r for group in steps[len(calls) - 1] for r in group["rewards"]]

    options = dict(learning_rate=1e-3, lr_scheduler_type="cosine", warmup_steps=1, max_grad_norm=1.0, beta=0.1,
                   epsilon=0.2, epsilon_high=0.28, num_iterations=ITERATIONS, temperature=0.7, loss_type="dapo",
                   num_generations=GENERATIONS, max_completion_length=9, scale_rewards="group", weight_decay=0.0)
    model = LlamaForCausalLM.from_pretrained(os.path.join(root, "model", "llama-gqa-tied"), dtype=torch.float32)
    with tempfile.TemporaryDirectory() as scratch:
        args = GRPOConfig(output_dir=scratch, per_device_train_batch_size=GROUPS * GENERATIONS,
                          gradient_accumulation_steps=1, steps_per_generation=1, max_steps=STEPS * ITERATIONS, bf16=False,
                          use_cpu=True, shuffle_dataset=False, save_strategy="no", logging_steps=1, report_to=[],
                          disable_tqdm=True,
                          use_bias_correction_kl=False, **options)
        trainer = GRPOTrainer(model=model, reward_funcs=reward, args=args, processing_class=tokenizer,
                              train_dataset=Dataset.from_dict(dict(prompt=["0", "1"])), rollout_func=rollout_func)
        assert trainer.ref_model.dtype == torch.float32 and trainer.model.dtype == torch.float32
        trainer.train()
    assert len(calls) == STEPS
    logs = [{k: v for k, v in log.items() if k in LOGGED or k.startswith(("clip_ratio/", "completions/"))}
            for log in trainer.state.log_history if "loss" in log]
    weights = {k: [float(f"{v:.8g}") for v in p.detach().flatten().tolist()]
               for k, p in trainer.model.named_parameters()}
    golden_files.write(root + "/trainer/trl", dict(options=options, steps=steps, updates=logs, weights=weights),
                       "make_trainer_golden.py", ["torch", "transformers", "trl"], seed=23,
                       tolerance="2e-5 for weights near 1 after nine updates at 1e-3: fp32 on both sides, and Adam"
                                 " divides by the size of gradients")


main()
