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

  def adamw(self: __torch__.Optimizer, params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, weight_decay: float, eps: float) -> int:
    torch._foreach_add_(steps, 1)
    torch._fused_adamw_(params, grads, m, v, [], steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps, amsgrad=False, maximize=False)
    return torch.len(params)

  def zero(self: __torch__.Optimizer, grads: List[Tensor]) -> int:
    torch._foreach_zero_(grads)
    return torch.len(grads)
