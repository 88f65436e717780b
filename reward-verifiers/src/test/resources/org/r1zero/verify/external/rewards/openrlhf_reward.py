class Tensor:
    """Has of torch.Tensor what is asked of it: torch need not be installed."""

    def __init__(self, values):
        self.values = values

    def detach(self):
        return self

    def cpu(self):
        return self

    def tolist(self):
        return self.values


def reward_func(queries, prompts, labels, **kwargs):
    rewards = []
    for query, prompt, label in zip(queries, prompts, labels):
        response = query[len(prompt):]
        rewards.append(1.0 if label in response else -1.0)
    tensor = Tensor(rewards)
    return {"rewards": tensor, "scores": Tensor([max(r, 0.0) for r in rewards]), "extra_logs": {"dummy_scores": tensor}}


def plain(queries, prompts, labels):
    return Tensor([float(label in query) for query, label in zip(queries, labels)])
