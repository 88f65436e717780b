"""Makes the goldens of losses that TRL 1.16 lacks with the code of verl and of TRL's main branch.

Usage: python make_verl_goldens.py OUT_DIR VERL TRL [SEED]     (torch 2.7.1)

OUT_DIR is test-fixtures/src/main/resources/goldens; VERL and TRL are git directories or work trees, of which
verl/trainer/ppo/core_algos.py and trl/experimental/dppo/dppo_trainer.py are read (TRL's main branch of spring 2026 has the
latter, such as commit 06d22b6f; the wheel 1.16.0 does not). verl's compute_policy_loss_clip_cov and
compute_policy_loss_kl_cov and TRL's DPPOTrainer._compute_divergence_mask run unchanged, in double precision; what core_algos.py
imports of verl is stood in for, with masked_sum and masked_mean as they are in verl. The line that makes DPPO's loss of its mask
is TRL's, copied. Clip-Cov draws tokens; here it takes all candidates, so that nothing depends on a draw.
"""
import os, random, re, subprocess, sys, types
from types import SimpleNamespace

import torch

import golden_files

SCRIPT, PACKAGES = "make_verl_goldens.py", ["torch"]


def source(repository, path):
    """A file of a work tree, or of the newest commit of a git directory."""
    if os.path.exists(os.path.join(repository, path)):
        return open(os.path.join(repository, path)).read()
    return subprocess.run(["git", "-C", repository, "show", "HEAD:" + path], check=True, capture_output=True, text=True).stdout


def commit(repository):
    run = subprocess.run(["git", "-C", repository, "rev-parse", "HEAD"], capture_output=True, text=True)
    return run.stdout.strip() if run.returncode == 0 else "a copy of the file alone"


def stand_in(name, **content):
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module


def masked_sum(values, mask, axis=None):
    return (torch.where(mask.bool(), values, 0.0) * mask).sum(axis=axis)


def masked_mean(values, mask, axis=None):
    return masked_sum(values, mask, axis) / (mask.sum(axis=axis) + 1e-8)


class ActorConfig(SimpleNamespace):
    pass


def verl(repository):
    """The module core_algos."""
    anything = lambda *a, **k: (lambda f: f)
    for package in ("verl", "verl.utils", "verl.trainer", "verl.workers"):
        stand_in(package)
    stand_in("omegaconf", DictConfig=dict)
    stand_in("verl.utils.torch_functional", masked_sum=masked_sum, masked_mean=masked_mean)
    stand_in("verl.trainer.config", AlgoConfig=type("AlgoConfig", (), {}))
    stand_in("verl.utils", as_torch_index=None, group_mean_std=None, torch_functional=sys.modules["verl.utils.torch_functional"])
    stand_in("verl.utils.import_utils", deprecated=anything)
    stand_in("verl.workers.config", ActorConfig=ActorConfig)
    module = types.ModuleType("core_algos")
    exec(compile(source(repository, "verl/trainer/ppo/core_algos.py"), "core_algos.py", "exec"), module.__dict__)
    return module


def divergence_mask(repository):
    """DPPOTrainer's method, as a function of self."""
    text = source(repository, "trl/experimental/dppo/dppo_trainer.py")
    method = re.search(r"\n    @torch.no_grad\(\)\n    def _compute_divergence_mask\(.*?(?=\n    def )", text, re.S).group(0)
    scope = {"torch": torch}
    exec(compile("class T:" + method, "dppo_trainer.py", "exec"), scope)
    return scope["T"]._compute_divergence_mask


def padded(rows):
    width = max(map(len, rows))
    return torch.tensor([r + [0.0] * (width - len(r)) for r in rows], dtype=torch.float64)


def fp32(values):
    return [float(torch.tensor(v, dtype=torch.float32)) for v in values]


def drawn(rng, spread):
    lengths = [rng.randint(1, 12) for _ in range(6)]
    base = [[-4 * rng.random() - 0.05 for _ in range(n)] for n in lengths]
    near = lambda s: [fp32([min(-1e-3, v + rng.gauss(0, s)) for v in row]) for row in base]
    return dict(lengths=lengths, current=near(spread), old=near(spread / 3), advantages=fp32([rng.gauss(0, 1) for _ in lengths]))


def case(name, options, data, loss_of):
    current = padded(data["current"]).requires_grad_()
    old = padded(data["old"])
    mask = torch.zeros_like(old)
    for i, n in enumerate(data["lengths"]):
        mask[i, :n] = 1
    advantages = torch.tensor(data["advantages"], dtype=torch.float64)[:, None].expand_as(old) * mask
    loss = loss_of(old, current, advantages, mask)
    loss.backward()
    gradient = [g[:n].tolist() for g, n in zip(current.grad, data["lengths"])]
    return dict(name=name, options=options, **data, loss=loss.item(), gradient=gradient)


def cases(core, mask_of, seed):
    rng, all_cases = random.Random(seed), []
    for spread in (0.1, 0.4, 1.5):
        for _ in range(4):
            low, high = rng.choice([(0.2, 0.2), (0.2, 0.28), (0.1, 0.5)])
            bounds = rng.choice([(0.1, 5.0), (0.3, 1.0), (1.0, 5.0)])
            options = dict(loss_type="clip_cov", epsilon=low, epsilon_high=high, clip_cov_ratio=1.0, clip_cov_lb=bounds[0],
                           clip_cov_ub=bounds[1])
            policy = SimpleNamespace(clip_cov_ratio=1.0, clip_cov_lb=bounds[0], clip_cov_ub=bounds[1], kl_cov_ratio=None,
                                     ppo_kl_coef=None)
            config = ActorConfig(clip_ratio=low, clip_ratio_low=low, clip_ratio_high=high, policy_loss=policy, global_batch_info={})
            all_cases.append(case("verl", options, drawn(rng, spread), lambda old, current, a, mask, config=config:
                                  core.compute_policy_loss_clip_cov(old, current, a, mask, "token-mean", config)[0]))
            ratio, coef = rng.choice([2e-4, 0.1, 0.5]), rng.choice([1.0, 0.3])
            policy = SimpleNamespace(kl_cov_ratio=ratio, ppo_kl_coef=coef)
            config = ActorConfig(clip_ratio=0.2, policy_loss=policy, global_batch_info={})
            all_cases.append(case("verl", dict(loss_type="kl_cov", kl_cov_ratio=ratio, ppo_kl_coef=coef), drawn(rng, spread),
                                  lambda old, current, a, mask, config=config:
                                  core.compute_policy_loss_kl_cov(old, current, a, mask, "token-mean", config)[0]))
            kind, most = rng.choice(["binary_tv", "binary_kl"]), rng.choice([20.0, 1.5])
            low, high = rng.choice([(0.15, 0.15), (0.02, 0.05), (0.005, 0.1)])
            t = SimpleNamespace(divergence_type=kind, epsilon_low=low, epsilon_high=high)

            def dppo(old, current, a, mask, t=t, most=most):
                ratio = torch.exp((current - old).clamp(max=torch.log(torch.tensor(most, dtype=torch.float64)).item())).detach()
                kept = mask_of(t, current, old, a, mask)
                return ((-a * ratio * kept * current) * mask).sum() / mask.sum()

            all_cases.append(case("trl", dict(loss_type="dppo", divergence_type=kind, epsilon=low, epsilon_high=high,
                                              clip_ratio_c=most), drawn(rng, spread), dppo))
    return all_cases


def main():
    root, verl_repository, trl_repository = sys.argv[1:4]
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 7
    torch.set_default_dtype(torch.float64)
    made = cases(verl(verl_repository), divergence_mask(trl_repository), seed)
    golden_files.write(root + "/loss/verl", made, SCRIPT, PACKAGES, seed=seed, verl=commit(verl_repository),
                       trl=commit(trl_repository), tolerance="1e-6: double precision on fp32 log-probs; our gradient is fp32")


main()
