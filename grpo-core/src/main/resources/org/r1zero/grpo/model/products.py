class Products(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  dtype : int

  # x [N, I], w [O, I] and g [N, O] in the compute type.
  def prepare(self: __torch__.Products, x: Tensor, w: Tensor, g: Tensor) -> List[Tensor]:
    return [torch.to(x, self.dtype), torch.to(w, self.dtype), torch.to(g, self.dtype)]

  # A product with a packed matrix, as generation computes it; fails where oneDNN has none in this type.
  def packed_product(self: __torch__.Products, x: Tensor, w: Tensor) -> Tensor:
    packed = ops.mkldnn._reorder_linear_weight(torch.to(w, self.dtype), None)
    return ops.mkldnn._linear_pointwise(torch.to(x, self.dtype), packed, None, "none", annotate(List[Optional[number]], []), "")

  # A linear layer's three products: its output, the gradient of its input, that of its weight.
  # Returns one number that needs all three: the interpreter leaves out what nobody reads.
  def products(self: __torch__.Products, arrays: List[Tensor]) -> Tensor:
    y = torch.linear(arrays[0], arrays[1])
    gx = torch.matmul(arrays[2], arrays[1])
    gw = torch.matmul(torch.transpose(arrays[2], 0, 1), arrays[0])
    return torch.add(torch.add(self.first(y), self.first(gx)), self.first(gw))

  def first(self: __torch__.Products, x: Tensor) -> Tensor:
    return torch.to(torch.select(torch.flatten(x), 0, 0), 6)
