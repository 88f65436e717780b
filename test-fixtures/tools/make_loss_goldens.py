"""Makes the goldens of the loss, the advantages and the metrics of a batch with TRL's own code.

Usage: python make_loss_goldens.py OUT_DIR    (torch 2.7.1, transformers 5.24.0, trl 1.16.0)

OUT_DIR is test-fixtures/src/main/resources/goldens. A GRPOTrainer is made without its __init__, which would want a
model and a dataset. Its methods _compute_loss, _generate and _generate_and_score_completions then run unchanged, in
double precision, on log-probs, completions and rewards that are handed to them.
"""
import sys
from collections import defaultdict
from types import SimpleNamespace

import torch
from trl.trainer.grpo_trainer import GRPOTrainer

import golden_files

SCRIPT, PACKAGES = "make_loss_goldens.py", ["torch", "transformers", "trl"]


class Accelerator:
    """One process: nothing to gather."""
    num_processes, process_index, device, is_main_process, sync_gradients = 1, 0, "cpu", True, True

    def gather(self, x):
        return x

    gather_for_metrics = pad_across_processes = gather

    def reduce(self, x, reduction):
        return x


def trainer(**options):
    t = GRPOTrainer.__new__(GRPOTrainer)
    t.accelerator = Accelerator()
    t.model = SimpleNamespace(training=True)
    t.args = SimpleNamespace(use_bias_correction_kl=False, delta=None, steps_per_generation=1,
                             gradient_accumulation_steps=1, per_device_train_batch_size=1,
                             gradient_checkpointing_kwargs=None, report_to=[])
    for name in ("top_entropy_quantile", "num_iterations", "current_gradient_accumulation_steps"):
        setattr(t, name, 1)
    for name in ("off_policy_mask_threshold", "environment_factories", "environments", "tools", "rollout_func",
                 "pad_to_multiple_of", "ref_model"):
        setattr(t, name, None)
    for name in ("use_vllm", "vllm_importance_sampling_correction", "_entropy_bonus_enabled", "use_adaptive_entropy",
                 "aux_loss_enabled", "mask_truncated_completions"):
        setattr(t, name, False)
    t.importance_sampling_level = "token"
    t._metrics = {"train": defaultdict(list)}
    for name, value in options.items():
        setattr(t, name, value)
    return t


def fp32(values):
    return [float(torch.tensor(v, dtype=torch.float32)) for v in values]


def padded(rows):
    width = max(map(len, rows))
    return torch.tensor([r + [0.0] * (width - len(r)) for r in rows], dtype=torch.float64)


def losses(loss_type, low, high, beta, with_old, parts, generator):
    """One update in several micro-batches (parts: lists of completion lengths)."""
    t = trainer(loss_type=loss_type, epsilon_low=low, epsilon_high=high, beta=beta, max_completion_length=12,
                current_gradient_accumulation_steps=len(parts))
    t.args.steps_per_generation = len(parts)
    tokens = sum(map(sum, parts))
    out = []
    for lengths in parts:
        rows = [fp32((-torch.rand(n, generator=generator) * 4 - 0.1).tolist()) for n in lengths]
        spread = lambda row, s: fp32([v + s * float(torch.randn((), generator=generator)) for v in row])
        old = [spread(r, 0.35) for r in rows] if with_old else None
        reference = [spread(r, 0.5) for r in rows] if beta else None
        advantages = torch.randn(len(rows), generator=generator, dtype=torch.float64)
        advantages[0] = 0.0 if len(rows) > 2 else advantages[0]
        entropies = padded([[abs(v) for v in r] for r in rows])
        current = padded(rows).requires_grad_()
        t._get_per_token_logps_and_entropies = lambda *a, **k: (current, entropies, None)
        mask = padded([[1.0] * n for n in lengths]).long()
        inputs = dict(prompt_ids=torch.zeros(len(rows), 1, dtype=torch.long),
                      prompt_mask=torch.ones(len(rows), 1, dtype=torch.long), completion_ids=torch.zeros_like(mask),
                      completion_mask=mask, advantages=advantages, num_items_in_batch=torch.tensor(tokens))
        if old:
            inputs["old_per_token_logps"] = padded(old)
        if reference:
            inputs["ref_per_token_logps"] = padded(reference)
        t._metrics["train"].clear()
        loss = t._compute_loss(t.model, inputs)
        loss.backward()
        out.append(dict(advantages=advantages.tolist(), current=rows, old=old, reference=reference, loss=loss.item(),
                        gradient=[g[:n].tolist() for g, n in zip(current.grad, lengths)],
                        metrics={k: v[0] for k, v in t._metrics["train"].items()}))
    return dict(loss_type=loss_type, epsilon=low, epsilon_high=high, beta=beta, max_completion_length=12, parts=out)


def loss_cases():
    g = torch.Generator().manual_seed(7)
    cases = []
    for loss_type in ("grpo", "dapo", "dr_grpo"):
        for low, high, beta, with_old in ((0.2, 0.2, 0.0, True), (0.2, 0.28, 0.04, True), (0.2, 0.2, 0.04, False),
                                          (0.1, 0.5, 0.5, True), (0.2, 0.2, 0.0, False)):
            cases.append(losses(loss_type, low, high, beta, with_old, [[5, 1, 12, 7]], g))
        cases.append(losses(loss_type, 0.2, 0.28, 0.04, True, [[3, 8], [1, 12], [6, 2]], g))
    return cases


def batch(scale_rewards, rewards, lengths, truncated, group, prompt_length):
    """Advantages and metrics of one batch of completions."""
    t = trainer(loss_type="grpo", beta=0.0, scale_rewards=scale_rewards, num_generations=group,
                multi_objective_aggregation="sum_then_normalize", reward_weights=torch.ones(1, dtype=torch.float64),
                reward_funcs=[None], reward_func_names=["r"], state=SimpleNamespace(num_input_tokens_seen=0, global_step=0),
                eos_token_ids=[2], _tokenizer=SimpleNamespace(pad_token_id=0), _pending_extra_logs={}, _pending_metrics={},
                processing_class=SimpleNamespace(batch_decode=lambda ids, skip_special_tokens: ["" for _ in ids]))
    t._logs = dict(prompt=[], completion=[], rewards=defaultdict(list), advantages=[], extra=defaultdict(list), images=[])
    completions = [[5] * (n - 1) + [5 if cut else 2] for n, cut in zip(lengths, truncated)]
    t._tokenize_prompts = lambda prompts: ([[1] * prompt_length] * len(prompts), None, {})
    t._generate_single_turn = lambda *a: (completions, None)
    t._calculate_rewards = lambda *a: torch.tensor(rewards, dtype=torch.float64)[:, None]
    t.model.is_gradient_checkpointing = False
    out = t._generate_and_score_completions([dict(prompt="")] * len(rewards))
    return dict(scale_rewards=scale_rewards, group=group, rewards=rewards, lengths=lengths, truncated=truncated,
                prompt_length=prompt_length, advantages=out["advantages"].tolist(),
                metrics={k: v[0] for k, v in t._metrics["train"].items() if not k.startswith("rewards/")})


def batches():
    cases = []
    for scale in ("group", "none"):
        cases.append(batch(scale, [1, 0, 0, 1, 0.5, 0.25, 0, 1], [3, 4, 9, 2, 5, 5, 7, 1],
                           [False, False, True, False, False, True, False, False], 4, 6))
        cases.append(batch(scale, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, -2.0, 3.5, 0.25],
                           [4] * 12, [True] * 12, 3, 2))
        cases.append(batch(scale, [1.0, 1.0, 0.0, 1.0], [8, 3, 5, 5], [False] * 4, 2, 1))
    return cases


def main():
    root = sys.argv[1]
    torch.set_default_dtype(torch.float64)
    golden_files.write(root + "/loss/trl", loss_cases(), SCRIPT, PACKAGES, seed=7,
                       tolerance="1e-6: TRL ran in double precision on fp32 log-probs; our gradient is fp32")
    golden_files.write(root + "/advantage/trl", batches(), SCRIPT, PACKAGES,
                       tolerance="1e-6: TRL ran in double precision, but logs means of lengths in fp32")


main()
