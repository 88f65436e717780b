class Probe(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  factor : float
  count : int
  flag : bool

  def scale(self: __torch__.Probe, x: Tensor) -> Tensor:
    return torch.mul(x, self.factor)

  def settings(self: __torch__.Probe, like: Tensor) -> Tensor:
    if self.flag:
      n = self.count
    else:
      n = 0
    return torch.mul(torch.ones_like(like), n)

  def arguments(self: __torch__.Probe, x: Tensor, xs: List[Tensor], n: int, f: float, b: bool) -> Tensor:
    total = torch.add(torch.mul(x, n), torch.sum(torch.stack(xs)))
    if b:
      total = torch.mul(total, f)
    return total

  def halves(self: __torch__.Probe, x: Tensor) -> Tuple[Tensor, Tensor]:
    return (torch.mul(x, 0.5), torch.mul(x, 0.5))

  def increment(self: __torch__.Probe, x: Tensor) -> int:
    torch.add_(x, 1)
    return 1

  def product(self: __torch__.Probe, x: Tensor, y: Tensor) -> Tensor:
    return torch.matmul(x, y)
