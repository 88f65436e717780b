"""Reward functions for recipes/python-reward.yaml."""
import re


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """In verl's form: one completion, a number or a dict with "score"."""
    numbers = re.findall(r"-?\d+", solution_str)
    gold = ground_truth.split("####")[-1].strip()
    right = bool(numbers) and numbers[-1] == gold
    return {"score": 1.0 if right else 0.0, "acc": right, "pred": numbers[-1] if numbers else "no number"}


def brevity(completions, **columns):
    """In TRL's form: a list of completions, a list of numbers."""
    return [max(-1.0, -len(text) / 400) for text in completions]
