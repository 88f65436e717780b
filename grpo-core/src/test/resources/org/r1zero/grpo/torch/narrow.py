class Narrow(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def narrow(self: __torch__.Narrow, x: Tensor) -> Tensor:
    return torch.detach(torch.to(x, 15))
