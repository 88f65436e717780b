class Snapshot(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # `size` numbers on the device of `like`.
  def memory(self: __torch__.Snapshot, like: Tensor, size: int, dtype: int) -> Tensor:
    return torch.zeros([size], dtype=dtype, layout=None, device=ops.prim.device(like), pin_memory=None)

  # The first `size` numbers of a file, mapped: what is written into them is in the file, and in every
  # other process that maps it.
  def mapped(self: __torch__.Snapshot, file: str, size: int, dtype: int) -> Tensor:
    return torch.from_file(file, True, size, dtype=dtype, layout=None, device=None, pin_memory=None)

  # A view of `rows * max(1, columns)` numbers, [rows] where columns is 0.
  def part(self: __torch__.Snapshot, flat: Tensor, start: int, rows: int, columns: int) -> Tensor:
    if torch.eq(columns, 0):
      view = torch.slice(flat, 0, start, start + rows, 1)
    else:
      view = torch.view(torch.slice(flat, 0, start, start + rows * columns, 1), [rows, columns])
    return view

  def copy_into(self: __torch__.Snapshot, target: List[Tensor], source: List[Tensor]) -> int:
    for i in range(torch.len(source)):
      torch.copy_(target[i], source[i])
    return torch.len(source)
