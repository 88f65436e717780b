class Products(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int

  # x [N, I], w [O, I] and g [N, O] in the compute type.
  def prepare(self: __torch__.Products, x: Tensor, w: Tensor, g: Tensor) -> List[Tensor]:
    return [torch.to(x, self.dtype), torch.to(w, self.dtype), torch.to(g, self.dtype)]

  # A linear layer's three products: its output, the gradient of its input, that of its weight.
  def products(self: __torch__.Products, arrays: List[Tensor]) -> int:
    y = torch.linear(arrays[0], arrays[1])
    gx = torch.matmul(arrays[2], arrays[1])
    gw = torch.matmul(torch.transpose(arrays[2], 0, 1), arrays[0])
    return torch.size(y, 0) + torch.size(gx, 0) + torch.size(gw, 0)
