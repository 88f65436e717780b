class Optimizer(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # The global L2 norm of all gradients; scales them in place so that it is at most max_norm (as
  # torch.nn.utils.clip_grad_norm_ does); max_norm 0 leaves them as they are.
  def clip(self: __torch__.Optimizer, grads: List[Tensor], max_norm: float) -> Tensor:
    total = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(grads, 2)), 2.)
    if torch.gt(max_norm, 0.):
      torch._foreach_mul_(grads, torch.clamp(torch.mul(torch.reciprocal(torch.add(total, 1e-06)), max_norm), None, 1.))
    return total

  # One update more; how many there were corrects the moments' bias.
  def count(self: __torch__.Optimizer, steps: List[Tensor]) -> int:
    torch._foreach_add_(steps, 1)
    return torch.len(steps)

  # The lists have to come from outside: TorchScript drops a call that changes what is in a list that it
  # made itself, since it takes the list for all that is changed.
  def adamw(self: __torch__.Optimizer, params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, weight_decay: float, eps: float) -> int:
    torch._fused_adamw_(params, grads, m, v, [], steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps, amsgrad=False, maximize=False)
    return torch.len(params)

  # Of moments that lie on another device than their parameter a stretch: views of parameter and
  # gradient, copies of the moments beside them.
  def fetch(self: __torch__.Optimizer, param: Tensor, grad: Tensor, m: Tensor, v: Tensor, start: int, end: int) -> List[Tensor]:
    near = annotate(List[Tensor], [])
    for x in [param, grad, m, v]:
      part = torch.slice(torch.view(x, [-1]), 0, start, end, 1)
      if torch.ge(torch.len(near), 2):
        part = torch.to(part, ops.prim.device(param), 6, False, True)
      torch.append(near, part)
    return near

  # Takes the stretch of moments back.
  def store(self: __torch__.Optimizer, m: Tensor, v: Tensor, near_m: Tensor, near_v: Tensor, start: int, end: int) -> int:
    torch.copy_(torch.slice(torch.view(m, [-1]), 0, start, end, 1), near_m)
    torch.copy_(torch.slice(torch.view(v, [-1]), 0, start, end, 1), near_v)
    return end

  def zero(self: __torch__.Optimizer, grads: List[Tensor]) -> int:
    torch._foreach_zero_(grads)
    return torch.len(grads)
