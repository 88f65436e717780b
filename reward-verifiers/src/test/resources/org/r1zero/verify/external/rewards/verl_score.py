"""A reward file as in verl projects: custom_reward_function.path points at it."""
import re

from helper_rules import same_number

_SOLUTION_CLIP_CHARS = 300


def extract_solution(solution_str, method="strict"):
    if len(solution_str) > _SOLUTION_CLIP_CHARS:
        solution_str = solution_str[-_SOLUTION_CLIP_CHARS:]
    if method == "strict":
        found = re.findall(r"#### (\-?[0-9\.\,]+)", solution_str)
        return found[-1].replace(",", "") if found else None
    found = re.findall(r"(\-?[0-9\.\,]+)", solution_str)
    return found[-1] if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None, method="strict"):
    print("prompt", data_source, extra_info)  # as everybody leaves in
    if data_source not in ("openai/gsm8k", "made/up"):
        raise NotImplementedError(f"Reward function is not implemented for {data_source=}")
    answer = extract_solution(solution_str, method)
    if answer is None:
        return 0
    right = same_number(answer, ground_truth)
    if extra_info and extra_info.get("as_dict"):
        return {"score": 1.0 if right else -1.0, "acc": right, "pred": answer, "length": len(solution_str)}
    return 1.0 if right else 0.1
