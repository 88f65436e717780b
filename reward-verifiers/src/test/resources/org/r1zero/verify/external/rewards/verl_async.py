import asyncio


async def compute_score(data_source, solution_str, ground_truth, extra_info, **kwargs):
    await asyncio.sleep(0.01)
    if solution_str == "raise":
        raise RuntimeError("the server said 503")
    return 1.0 if ground_truth == solution_str else 0.0
