import os


def compute_score(data_sources, solution_strs, ground_truths, extra_infos, **kwargs):
    bonus = kwargs.get("bonus", 0.0)
    scores = []
    for solution_str, ground_truth, extra_info in zip(solution_strs, ground_truths, extra_infos):
        if solution_str == "crash":
            os._exit(7)
        if solution_str == "raise":
            raise ValueError("one bad completion")
        scores.append({"score": float(ground_truth in solution_str) + bonus, "size": len(solution_strs)})
    return scores
