class Gpus(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Only libtorch's builds for CUDA know this operator: the others refuse the module.
  def count(self: __torch__.Gpus) -> int:
    return ops.cuda.device_count()
