class Reference(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # target = alpha * source + (1 - alpha) * target, in place.
  def mix(self: __torch__.Reference, target: List[Tensor], source: List[Tensor], alpha: float) -> int:
    torch._foreach_mul_(target, torch.sub(1., alpha))
    torch._foreach_add_(target, source, alpha=alpha)
    return torch.len(target)
