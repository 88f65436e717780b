"""Reward functions as in TRL and open-r1 projects."""
import asyncio
import re
from typing import Optional


def accuracy_reward(completions: list[list[dict[str, str]]], solution: list[str], **kwargs) -> list[Optional[float]]:
    contents = [completion[0]["content"] for completion in completions]
    rewards = []
    for content, sol in zip(contents, solution):
        if not sol.strip().lstrip("-").isdigit():
            rewards.append(None)  # this reward is not for this sample
        else:
            rewards.append(float(content.strip().endswith(sol)))
    return rewards


def format_reward(completions, **kwargs):
    pattern = r"^<think>\n.*?\n</think>\n<answer>\n.*?\n</answer>$"
    contents = [completion[0]["content"] for completion in completions]
    matches = [re.match(pattern, content, re.DOTALL | re.MULTILINE) for content in contents]
    return [1.0 if match else 0.0 for match in matches]


def reward_len(completions, **kwargs):
    return [-abs(20 - len(completion)) for completion in completions]


def with_prompts(prompts, completions, answer, **kwargs):
    """Prints the first, as Unsloth's notebooks do."""
    question = prompts[0][-1]["content"]
    print("-" * 20, f"Question:\n{question}", f"\nAnswer:\n{answer[0]}")
    return [2.0 if completion[0]["content"] == a else 0.0 for completion, a in zip(completions, answer)]


async def slow_reward(prompts, completions, **kwargs):
    await asyncio.sleep(0.01)
    return [0.5 for _ in completions]


def needs_level(completions, level, **kwargs):
    return [1.0 if level_ == "easy" else float("nan") for level_ in level]


def logs(completions, log_metric=None, log_extra=None, **kwargs):
    log_metric("mean", 1.0)
    log_extra("text", completions)
    return [1.0] * len(completions)


def needs_ids(completions, completion_ids):
    return [0.0 for _ in completions]


def short_list(completions, **kwargs):
    return []


def words(completions, **kwargs):
    return ["good" for _ in completions]


class Rubric:
    def __call__(self, prompts, completions, **kwargs):
        return [0.25] * len(completions)


rubric = Rubric()
