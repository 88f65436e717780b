"""Makes the goldens of losses, advantages and metrics with TRL's own code.

Usage: python make_loss_goldens.py OUT_DIR [SEED]    (torch 2.7.1, transformers 5.24.0, trl 1.16.0)

OUT_DIR is test-fixtures/src/main/resources/goldens. With another SEED the options and inputs are others: the tests
that read the goldens hold for those too. A GRPOTrainer or RLOOTrainer is made without its __init__, which would want a
model and a dataset. Its methods _generate, _generate_and_score_completions and _compute_loss then run unchanged, in
double precision, on completions, log-probs, entropies and rewards that are handed to them.
"""
import math
import random
import sys
from collections import defaultdict
from types import SimpleNamespace

import torch
from trl.trainer.grpo_trainer import GRPOTrainer
from trl.trainer.rloo_trainer import RLOOTrainer

import golden_files

SCRIPT, PACKAGES = "make_loss_goldens.py", ["torch", "transformers", "trl"]
LOSS_TYPES = ("grpo", "bnpo", "dr_grpo", "dapo", "cispo", "sapo", "luspo", "vespo")
LIMIT = 12  # max_completion_length


class Accelerator:
    """One process: nothing to gather."""
    num_processes, process_index, device, is_main_process, sync_gradients = 1, 0, "cpu", True, True

    def gather(self, x, **_):
        return x

    gather_for_metrics = pad_across_processes = gather

    def reduce(self, x, reduction):
        return x


def trainer(cls=GRPOTrainer, **options):
    t = cls.__new__(cls)
    t.accelerator = Accelerator()
    t.model = SimpleNamespace(training=True, is_gradient_checkpointing=False)
    t.args = SimpleNamespace(
        use_bias_correction_kl=False, delta=None, steps_per_generation=1, gradient_accumulation_steps=1,
        per_device_train_batch_size=1, gradient_checkpointing_kwargs=None, report_to=[], sapo_temperature_pos=1.0,
        sapo_temperature_neg=1.05, vespo_k_pos=2.0, vespo_lambda_pos=3.0, vespo_k_neg=3.0, vespo_lambda_neg=2.0,
        entropy_coef_min=0.0, entropy_coef_max=1.0, entropy_coef_delta=0.005, entropy_target=0.2)
    for name in ("top_entropy_quantile", "num_iterations", "current_gradient_accumulation_steps"):
        setattr(t, name, 1)
    for name in ("off_policy_mask_threshold", "environment_factories", "environments", "tools", "rollout_func",
                 "pad_to_multiple_of", "ref_model", "_entropy_window_stats", "reward_clip_range",
                 "vllm_importance_sampling_clip_min", "vllm_importance_sampling_clip_max"):
        setattr(t, name, None)
    for name in ("use_vllm", "vllm_importance_sampling_correction", "_entropy_bonus_enabled", "use_adaptive_entropy",
                 "aux_loss_enabled", "mask_truncated_completions", "normalize_advantages"):
        setattr(t, name, False)
    t.importance_sampling_level, t.max_completion_length = "token", LIMIT
    t.multi_objective_aggregation, t.scale_rewards, t.beta, t.entropy_coef = "sum_then_normalize", "group", 0.0, 0.0
    t._last_world_entropy = float("inf")
    t._metrics = {"train": defaultdict(list)}
    t.state = SimpleNamespace(num_input_tokens_seen=0, global_step=0)
    t.eos_token_ids, t._tokenizer = [2], SimpleNamespace(pad_token_id=0)
    t._pending_extra_logs, t._pending_metrics = {}, {}
    t.processing_class = SimpleNamespace(batch_decode=lambda ids, skip_special_tokens: ["" for _ in ids])
    t._logs = dict(prompt=[], completion=[], rewards=defaultdict(list), advantages=[], extra=defaultdict(list), images=[])
    for name, value in options.items():
        setattr(t.args if hasattr(t.args, name) else t, name, value)
        if name == "loss_type":
            setattr(t, name, value)
    t._entropy_bonus_enabled = t.entropy_coef != 0.0 or t.use_adaptive_entropy
    return t


def fp32(values):
    return [float(torch.tensor(v, dtype=torch.float32)) for v in values]


def padded(rows):
    width = max(map(len, rows))
    return torch.tensor([r + [0.0] * (width - len(r)) for r in rows], dtype=torch.float64)


def plain(values):
    """Nested lists without NaN, which JSON lacks."""
    if isinstance(values, dict):
        return {k: plain(v) for k, v in values.items()}
    if isinstance(values, (list, tuple)):
        return [plain(v) for v in values]
    return None if isinstance(values, float) and not math.isfinite(values) else values


def rollouts(rng, groups, group, functions, lengths=None, cut=0.25, spread=0.35, unknown=0.0):
    """Completions with their log-probs under each policy, entropies and rewards."""
    n = groups * group
    lengths = lengths or [rng.randint(1, LIMIT) for _ in range(n)]
    base = [[-4 * rng.random() - 0.1 for _ in range(k)] for k in lengths]
    near = lambda s: [fp32([v + rng.gauss(0, s) for v in row]) for row in base]
    score = lambda: float("nan") if rng.random() < unknown else rng.choice([0.0, 0.0, 1.0, round(rng.gauss(0, 1), 3)])
    rewards = [[score() for _ in range(functions)] for _ in range(n)]
    if groups > 1:
        rewards[:group] = [[0.5] * functions for _ in range(group)]  # equal rewards: nothing to learn
    sampling = near(spread / 2)
    if unknown:
        sampling[-1][0] = float("nan")
    return dict(lengths=lengths, truncated=[rng.random() < cut for _ in range(n)], current=near(spread), old=near(spread / 3),
                sampling=sampling, reference=near(spread), rewards=rewards,
                entropies=[fp32([abs(v) for v in row]) for row in near(spread)])


def score(t, data, group):
    """TRL's advantages, masks and importance ratios of a batch of completions."""
    n, functions = len(data["lengths"]), len(data["rewards"][0])
    t.num_generations = group
    t.reward_funcs, t.reward_func_names = [None] * functions, [f"r{k}" for k in range(functions)]
    if not hasattr(t, "reward_weights"):
        t.reward_weights = torch.ones(functions, dtype=torch.float64)
    completions = [[5] * (k - 1) + [5 if cut else 2] for k, cut in zip(data["lengths"], data["truncated"])]
    t._tokenize_prompts = lambda prompts: ([[1] * 3] * len(prompts), None, {})
    rloo = isinstance(t, RLOOTrainer)
    t._generate_single_turn = lambda *a: completions if rloo else (completions, data["sampling"])
    t._calculate_rewards = lambda *a: torch.tensor(data["rewards"], dtype=torch.float64)
    t.ref_model = object()
    t._get_per_token_logps_and_entropies = lambda model, *a, **k: (
        padded(data["reference"] if model is t.ref_model else data["old"]), None, None)
    return t._generate_and_score_completions([dict(prompt="")] * n)


def update_losses(t, data, out, rows):
    """TRL's loss of some rows of the batch, with its gradient by each log-prob and entropy."""
    part = {k: v[rows] if torch.is_tensor(v) and v.dim() > 0 else v for k, v in out.items()}
    current = padded(data["current"])[rows].requires_grad_()
    entropies = padded(data["entropies"])[rows].requires_grad_()
    t._get_per_token_logps_and_entropies = lambda *a, **k: (current, entropies, None)
    t._metrics["train"].clear()
    loss = t._compute_loss(t.model, part)
    loss.backward()
    lengths = [data["lengths"][r] for r in rows]
    grad = lambda x: [g[:n].tolist() for g, n in zip(x.grad if x.grad is not None else torch.zeros_like(x), lengths)]
    return dict(rows=rows, loss=loss.item(), gradient=grad(current), entropy_gradient=grad(entropies),
                metrics={k: v[0] for k, v in t._metrics["train"].items()})


def grpo_case(name, data, group, with_old=True, updates=1, micros=1, **options):
    """A batch in one or several updates, an update in one or several micro-batches."""
    high = options.get("epsilon_high")
    # the first name of an option is GRPOConfig's; the trainer keeps some under others
    kept = {k: v for k, v in options.items() if k not in ("epsilon", "epsilon_high")}
    t = trainer(epsilon_low=options["epsilon"], epsilon_high=options["epsilon"] if high is None else high, **kept)
    if "reward_weights" in kept:
        t.reward_weights = torch.tensor(kept["reward_weights"], dtype=torch.float64)
    t.use_vllm = t.vllm_importance_sampling_correction
    if not with_old:
        data["old"] = data["current"]
    t.args.steps_per_generation, t.args.gradient_accumulation_steps = updates * micros, micros
    t.current_gradient_accumulation_steps = micros
    if not with_old:
        t.args.steps_per_generation = t.args.gradient_accumulation_steps = micros
    if t.loss_type in ("cispo", "dapo", "vespo"):
        assert t.args.steps_per_generation == updates * micros
    out = score(t, data, group)
    if with_old and "old_per_token_logps" not in out:
        out["old_per_token_logps"] = padded(data["old"])
    metrics = {k: v[0] for k, v in t._metrics["train"].items() if k.startswith(("sampling/importance", "reward"))}
    rows = list(range(len(data["lengths"])))
    size = len(rows) // (updates * micros)
    parts = []
    for u in range(updates):
        t.accelerator.sync_gradients = False
        update = []
        for m in range(micros):
            t.accelerator.sync_gradients = m == micros - 1
            start = (u * micros + m) * size
            update.append(update_losses(t, data, out, rows[start:start + size]))
        parts.append(update)
    return plain(dict(name=name, options={k: v for k, v in options.items()}, group=group, with_old=with_old, **data,
                      advantages=out["advantages"].tolist(), metrics=metrics, updates=parts))


def drawn_options(rng, loss_type, level):
    o = dict(loss_type=loss_type, importance_sampling_level=level, epsilon=rng.choice([0.1, 0.2, 0.3]),
             epsilon_high=5.0 if loss_type == "cispo" and rng.random() < 0.5 else rng.choice([None, 0.28, 0.5]),
             beta=rng.choice([0.0, 0.04, 0.5]), use_bias_correction_kl=rng.random() < 0.5,
             scale_rewards=rng.choice(["group", "batch", "none"]))
    if rng.random() < 0.4:
        o["delta"] = rng.choice([1.05, 1.5, 4.0])
    if rng.random() < 0.4:
        o["top_entropy_quantile"] = rng.choice([0.0, 0.2, 0.5, 0.8])
    if rng.random() < 0.4:
        o["off_policy_mask_threshold"] = rng.choice([0.02, 0.1, 0.5])
    if rng.random() < 0.5:
        o["mask_truncated_completions"] = True
    if rng.random() < 0.3:
        o["entropy_coef"] = rng.choice([0.01, 0.1])
    if rng.random() < 0.5:
        modes = ["token_truncate", "token_mask"] + ([] if loss_type == "vespo" else ["sequence_truncate", "sequence_mask"])
        o.update(vllm_importance_sampling_correction=True, vllm_importance_sampling_mode=rng.choice(modes),
                 vllm_importance_sampling_clip_max=rng.choice([1.1, 2.0, 3.0]),
                 vllm_importance_sampling_clip_min=rng.choice([None, 0.5, 0.9]))
    if loss_type == "sapo":
        o.update(sapo_temperature_pos=rng.choice([1.0, 2.0]), sapo_temperature_neg=rng.choice([1.05, 3.0]))
    if loss_type == "vespo":
        o.update(vespo_k_pos=rng.choice([2.0, 1.0]), vespo_lambda_neg=rng.choice([2.0, 1.5]))
    return o


def loss_cases(seed):
    rng, cases = random.Random(seed), []
    plain_options = lambda loss_type, **more: dict(loss_type=loss_type, epsilon=0.2, **more)
    for loss_type in LOSS_TYPES:
        data = lambda **more: rollouts(rng, 2, 3, 1, **more)
        cases.append(grpo_case("plain", data(), 3, **plain_options(loss_type)))
        cases.append(grpo_case("first update", data(), 3, with_old=False, **plain_options(loss_type, beta=0.1)))
        cases.append(grpo_case("far off policy", data(spread=3.0), 3, **plain_options(loss_type, beta=0.1)))
        cases.append(grpo_case("all completions cut off", data(cut=1.0), 3,
                               **plain_options(loss_type, beta=0.1, mask_truncated_completions=True, entropy_coef=0.1)))
        cases.append(grpo_case("single tokens", data(lengths=[1] * 6), 3, **plain_options(loss_type, beta=0.1)))
        cases.append(grpo_case("huge epsilon_high", data(), 3, **plain_options(loss_type, epsilon_high=1e6)))
        cases.append(grpo_case("unknown sampling log-probs", data(unknown=0.1), 3,
                               **plain_options(loss_type, off_policy_mask_threshold=0.05,
                                               vllm_importance_sampling_correction=True,
                                               vllm_importance_sampling_mode="token_mask",
                                               vllm_importance_sampling_clip_max=1.5)))
        cases.append(grpo_case("two updates", rollouts(rng, 4, 2, 1), 2, updates=2, **plain_options(loss_type, beta=0.1)))
        if loss_type != "bnpo":  # TRL's is a mean over the micro-batch, ours over the update
            cases.append(grpo_case("three micro-batches", rollouts(rng, 3, 2, 1), 2, micros=3, **plain_options(loss_type)))
        for level in ("token", "sequence"):
            for _ in range(5):
                cases.append(grpo_case("drawn", data(), 3, with_old=rng.random() < 0.8,
                                       **drawn_options(rng, loss_type, level)))
    for coef in (0.0, 0.1):
        cases.append(grpo_case("adaptive entropy", rollouts(rng, 4, 2, 1), 2, updates=4, **plain_options(
            "dapo", use_adaptive_entropy=True, entropy_coef=coef, entropy_target=2.0, entropy_coef_delta=0.03,
            entropy_coef_max=0.1)))
    return cases


def advantage_cases(seed):
    rng, cases = random.Random(seed + 1), []
    for scale in ("group", "batch", "none"):
        for functions, unknown in ((1, 0.0), (3, 0.0), (3, 0.4), (1, 0.5)):
            weights = [1.0, 0.5, -2.0][:functions]
            cases.append(grpo_case("sum_then_normalize", rollouts(rng, 3, 4, functions, unknown=unknown), 4, loss_type="grpo",
                                   epsilon=0.2, scale_rewards=scale, reward_weights=weights))
    for functions, unknown in ((1, 0.0), (2, 0.0), (3, 0.3), (3, 0.7)):
        cases.append(grpo_case("normalize_then_sum", rollouts(rng, 3, 4, functions, unknown=unknown), 4, loss_type="grpo",
                               epsilon=0.2, reward_weights=[1.0, 0.5, -2.0][:functions],
                               multi_objective_aggregation="normalize_then_sum"))
    return cases


def rloo_case(rng, group, normalize, beta, unknown, high, cut_off):
    data = rollouts(rng, 3, group, 2, unknown=unknown, spread=0.1)
    data["sampling"] = data["old"]
    t = trainer(RLOOTrainer, normalize_advantages=normalize, epsilon_low=0.2, epsilon_high=high, beta=beta,
                mask_truncated_completions=cut_off, reward_weights=torch.tensor([1.0, 0.5], dtype=torch.float64))
    out = score(t, data, group)
    metrics = {k: v[0] for k, v in t._metrics["train"].items() if k == "kl"}
    rows = list(range(len(data["lengths"])))
    return plain(dict(name="rloo", options=dict(epsilon=0.2, epsilon_high=high, beta=beta, normalize_advantages=normalize,
                                                mask_truncated_completions=cut_off, reward_weights=[1.0, 0.5]),
                      group=group, with_old=True, **data, advantages=out["advantages"].tolist(), metrics=metrics,
                      updates=[[update_losses(t, data, out, rows)]]))


def rloo_cases(seed):
    rng = random.Random(seed + 2)
    return [rloo_case(rng, group, normalize, beta, unknown, high, cut_off)
            for group, normalize, beta, unknown, high, cut_off in (
                (4, False, 0.0, 0.0, 0.2, False), (4, True, 0.0, 0.0, 0.2, False), (2, False, 0.05, 0.0, 0.3, False),
                (4, True, 0.2, 0.3, 0.2, False), (3, False, 0.1, 0.5, 0.2, True))]


def batch(scale_rewards, rewards, lengths, truncated, group, prompt_length):
    """Advantages and metrics of one batch of completions."""
    t = trainer(loss_type="grpo", scale_rewards=scale_rewards)
    t.reward_weights = torch.ones(1, dtype=torch.float64)
    t._tokenize_prompts = lambda prompts: ([[1] * prompt_length] * len(prompts), None, {})
    t.num_generations, t.reward_funcs, t.reward_func_names = group, [None], ["r"]
    completions = [[5] * (n - 1) + [5 if cut else 2] for n, cut in zip(lengths, truncated)]
    t._generate_single_turn = lambda *a: (completions, None)
    t._calculate_rewards = lambda *a: torch.tensor(rewards, dtype=torch.float64)[:, None]
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
    root, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    torch.set_default_dtype(torch.float64)
    note = "1e-6: TRL ran in double precision on fp32 log-probs; our gradient is fp32"
    golden_files.write(root + "/loss/trl", loss_cases(seed), SCRIPT, PACKAGES, seed=seed, tolerance=note)
    golden_files.write(root + "/loss/rloo", rloo_cases(seed), SCRIPT, PACKAGES, seed=seed, tolerance=note)
    golden_files.write(root + "/advantage/trl-options", advantage_cases(seed), SCRIPT, PACKAGES, seed=seed, tolerance=note)
    golden_files.write(root + "/advantage/trl", batches(), SCRIPT, PACKAGES,
                       tolerance="1e-6: TRL ran in double precision, but logs means of lengths in fp32")


main()
