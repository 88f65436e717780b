"""Makes the goldens of the optimizer with torch, and of the learning-rate schedules with transformers.

Usage: python make_optim_goldens.py OUT_DIR    (torch 2.7.1, transformers 5.24.0)

OUT_DIR is test-fixtures/src/main/resources/goldens.
"""
import sys

import torch
from transformers import get_scheduler

import golden_files

SCRIPT = "make_optim_goldens.py"
SHAPES = [[3, 4], [5], [2, 2]]
SCHEDULES = [
    ("constant_with_warmup", {}), ("linear", {}), ("cosine", {}), ("cosine", dict(num_cycles=1.5)),
    ("cosine_with_min_lr", dict(min_lr_rate=0.1)), ("cosine_with_min_lr", dict(min_lr=3e-4, num_cycles=1.0)),
    ("cosine_with_restarts", {}), ("cosine_with_restarts", dict(num_cycles=3)),
    ("polynomial", {}), ("polynomial", dict(power=2.5, lr_end=1e-4)),
    ("inverse_sqrt", {}), ("inverse_sqrt", dict(timescale=7)),
    ("warmup_stable_decay", dict(num_decay_steps=4)),
    ("warmup_stable_decay", dict(num_decay_steps=5, min_lr_ratio=0.2, warmup_type="cosine", decay_type="1-sqrt")),
    ("warmup_stable_decay", dict(num_decay_steps=3, warmup_type="1-sqrt", decay_type="linear")),
]
PEAK = 1e-3


def adamw(seed, weight_decay, max_grad_norm, beta1=0.9, beta2=0.999, eps=1e-8):
    torch.manual_seed(seed)
    params = [torch.nn.Parameter(torch.randn(s)) for s in SHAPES]
    optimizer = torch.optim.AdamW(params, lr=1.0, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay)
    initial, steps = [p.flatten().tolist() for p in params], []
    for rate in (1e-2, 5e-3, 2e-2, 1e-2, 0.0, 3e-2):
        gradients = [torch.randn(s) * (0.1 if len(steps) % 2 else 3.0) for s in SHAPES]
        for p, g in zip(params, gradients):
            p.grad = g.clone()
        norm = torch.nn.utils.clip_grad_norm_(params, max_grad_norm if max_grad_norm > 0 else float("inf"))
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        steps.append(dict(learning_rate=rate, gradients=[g.flatten().tolist() for g in gradients],
                          grad_norm=norm.item(), values=[p.flatten().tolist() for p in params]))
    return dict(weight_decay=weight_decay, max_grad_norm=max_grad_norm, beta1=beta1, beta2=beta2, eps=eps,
                shapes=SHAPES, initial=initial, steps=steps)


def schedule(name, kwargs, warmup, total, ours=None):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)
    scheduler = get_scheduler(name, optimizer, warmup, total, scheduler_specific_kwargs=kwargs)
    factors = []
    for _ in range(total):
        factors.append(scheduler.get_last_lr()[0] / PEAK)
        optimizer.step()
        scheduler.step()
    return dict(schedule=ours or name, kwargs=kwargs, peak=PEAK, warmup=warmup, total=total, factors=factors)


def main():
    root = sys.argv[1]
    golden_files.write(root + "/optim/adamw", [
        adamw(1, 0.0, 1.0), adamw(2, 0.1, 1.0), adamw(3, 0.01, 0.0), adamw(4, 0.0, 0.05, 0.8, 0.95, 1e-6)],
        SCRIPT, ["torch"], tolerance="1e-6: fp32, the fused kernel rounds in another order")
    golden_files.write(root + "/optim/schedules",
                       [schedule("constant", {}, 0, 10), schedule("constant_with_warmup", {}, 4, 10, "constant")]
                       + [schedule(n, k, w, t) for n, k in SCHEDULES for w, t in ((0, 10), (4, 13), (1, 1), (10, 10))
                          if t > w + k.get("num_decay_steps", 0) or n in ("linear", "cosine")],
                       SCRIPT, ["torch", "transformers"], tolerance="1e-12: double precision on both sides")


main()
