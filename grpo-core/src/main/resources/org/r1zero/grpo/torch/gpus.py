class Gpus(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Only libtorch's builds for CUDA know these operators: the others refuse the module.
  def count(self: __torch__.Gpus) -> int:
    return ops.cuda.device_count()

  def wait(self: __torch__.Gpus, gpu: int) -> int:
    _0 = (ops.cuda.current_stream(gpu)).synchronize()
    return gpu

  # From here on what this thread starts on the GPU is in a queue of its own, out of libtorch's pool.
  def own_stream(self: __torch__.Gpus, gpu: int) -> int:
    stream = __torch__.torch.classes.cuda.Stream.__new__(__torch__.torch.classes.cuda.Stream)
    _0 = (stream).__init__(torch.device("cuda", gpu), 0, )
    ops.cuda.set_stream(stream)
    return gpu
