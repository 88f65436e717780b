class Decoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  kv_heads : int
  head_dim : int
  eps : float
  qkv_bias : bool
  output_bias : bool
  mlp_bias : bool
  qk_norm : bool
  dtype : int
  attention : int

  # The network from token ids to hidden states, its backward pass by hand, and the output layer.
  # No autograd: what is kept, in what type, and when it is freed is decided here.
  #
  # Rows [R, …] are the tokens of prompts and completions without padding. Only attention needs
  # rectangles: `plan` has six numbers for each bucket of sequences (see BatchPlan), `places` the
  # place of each of its rows among its rectangle's.
  #
  # w has the weights, 12 a layer (see ParameterLayout), then embedding, last norm, output layer.
  # grads has their gradients in fp32, to be added to; it is empty where the weights are frozen, and
  # then adapters (two a target, seven targets a layer, see Lora) and adapter_grads are not.

  # --- linear layers ------------------------------------------------------------------------------

  def linear(self: __torch__.Decoder, x: Tensor, w: Tensor, b: Tensor, biased: bool) -> Tensor:
    if biased:
      y = torch.linear(x, torch.to(w, self.dtype), torch.to(b, self.dtype))
    else:
      y = torch.linear(x, torch.to(w, self.dtype))
    return y

  # Backward of linear layer `at` with input x and output gradient g, both in the compute type: adds
  # the gradients of weight and bias, returns that of x.
  def linear_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, w: List[Tensor], grads: List[Tensor], at: int, biased: bool) -> Tensor:
    if torch.gt(torch.len(grads), 0):
      torch.add_(grads[at], torch.matmul(torch.transpose(g, 0, 1), x))
      if biased:
        torch.add_(grads[at + 1], torch.sum(g, [0], False, dtype=6))
    return torch.matmul(g, torch.to(w[at], self.dtype))

  # Gradients of one target's adapter: its weight is W + scaling B A, of which W is frozen and the
  # sum is what w has. With g the gradient of the target's outputs, dB = scaling g'(x A') and
  # dA = scaling (g B)'x: no product as large as the weight.
  def adapter_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, adapters: List[Tensor], adapter_grads: List[Tensor], at: int, scaling: float) -> int:
    if torch.gt(torch.numel(adapters[at]), 0):
      a = torch.to(adapters[at], self.dtype)
      b = torch.to(adapters[at + 1], self.dtype)
      torch.add_(adapter_grads[at + 1], torch.matmul(torch.transpose(g, 0, 1), torch.linear(x, a)), alpha=scaling)
      torch.add_(adapter_grads[at], torch.matmul(torch.transpose(torch.matmul(g, b), 0, 1), x), alpha=scaling)
    return at

  # base + scaling B A of all targets, summed in fp32, into the arrays of `merged`.
  def merge(self: __torch__.Decoder, base: List[Tensor], merged: List[Tensor], adapters: List[Tensor], scaling: float) -> int:
    q = self.heads * self.head_dim
    k = self.kv_heads * self.head_dim
    for i in range(self.layers):
      at = i * 12
      first = i * 14
      self.merge_rows(base[at + 1], merged[at + 1], 0, q, adapters, first, scaling)
      self.merge_rows(base[at + 1], merged[at + 1], q, q + k, adapters, first + 2, scaling)
      self.merge_rows(base[at + 1], merged[at + 1], q + k, q + 2 * k, adapters, first + 4, scaling)
      self.merge_rows(base[at + 5], merged[at + 5], 0, torch.size(base[at + 5], 0), adapters, first + 6, scaling)
      width = torch.floordiv(torch.size(base[at + 8], 0), 2)
      self.merge_rows(base[at + 8], merged[at + 8], 0, width, adapters, first + 8, scaling)
      self.merge_rows(base[at + 8], merged[at + 8], width, 2 * width, adapters, first + 10, scaling)
      self.merge_rows(base[at + 10], merged[at + 10], 0, torch.size(base[at + 10], 0), adapters, first + 12, scaling)
    return self.layers

  def merge_rows(self: __torch__.Decoder, base: Tensor, merged: Tensor, start: int, end: int, adapters: List[Tensor], at: int, scaling: float) -> int:
    if torch.gt(torch.numel(adapters[at]), 0):
      torch.copy_(torch.slice(merged, 0, start, end, 1), torch.addmm(torch.to(torch.slice(base, 0, start, end, 1), 6), adapters[at + 1], adapters[at], alpha=scaling))
    return at

  # How often the arrays were changed in place, together.
  def versions(self: __torch__.Decoder, arrays: List[Tensor]) -> int:
    total = 0
    for i in range(torch.len(arrays)):
      total = total + torch._version(arrays[i])
    return total

  # --- norms --------------------------------------------------------------------------------------

  def norm(self: __torch__.Decoder, x: Tensor, w: Tensor) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], torch.to(w, self.dtype), self.eps)

  # x / rms(x) and 1 / rms(x), in fp32.
  def unit(self: __torch__.Decoder, x: Tensor) -> Tuple[Tensor, Tensor]:
    wide = torch.to(x, 6)
    r = torch.rsqrt(torch.add(torch.mean(torch.square(wide), [-1], True), self.eps))
    return (torch.mul(wide, r), r)

  # Backward of norm `at`, u and r as `unit` gave them: adds the weight's gradient and returns that
  # of x in fp32, dx = r (g w - u mean(g w u)).
  def norm_backward(self: __torch__.Decoder, g: Tensor, u: Tensor, r: Tensor, w: List[Tensor], grads: List[Tensor], at: int) -> Tensor:
    wide = torch.to(g, 6)
    if torch.gt(torch.len(grads), 0):
      torch.add_(grads[at], torch.sum(torch.reshape(torch.mul(wide, u), [-1, torch.size(u, -1)]), [0]))
    gw = torch.mul(wide, torch.to(w[at], 6))
    return torch.mul_(torch.sub_(gw, torch.mul(u, torch.mean(torch.mul(gw, u), [-1], True))), r)

  # --- attention ----------------------------------------------------------------------------------

  # Turns the rotary halves of heads x [R, n, E] in place by the angles cos and sin [R, 1, E/2].
  def rotate_(self: __torch__.Decoder, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.floordiv(self.head_dim, 2)
    a = torch.slice(x, 2, 0, half, 1)
    b = torch.slice(x, 2, half, self.head_dim, 1)
    turned = torch.addcmul(torch.mul(a, cos), b, sin, value=-1)
    torch.copy_(b, torch.addcmul(torch.mul(b, cos), a, sin))
    torch.copy_(a, turned)
    return x

  # Queries and keys of raw rows [R, (H+2K)E], normalised where the model does so, and turned.
  def turn(self: __torch__.Decoder, raw: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor) -> Tensor:
    all = torch.view(raw, [-1, self.heads + 2 * self.kv_heads, self.head_dim])
    turning = self.heads + self.kv_heads
    if self.qk_norm:
      q = self.norm(torch.slice(all, 1, 0, self.heads, 1), w[at + 3])
      k = self.norm(torch.slice(all, 1, self.heads, turning, 1), w[at + 4])
      all = torch.cat([q, k, torch.slice(all, 1, turning, turning + self.kv_heads, 1)], 1)
    self.rotate_(torch.slice(all, 1, 0, turning, 1), cos, sin)
    return torch.view(all, [-1, (self.heads + 2 * self.kv_heads) * self.head_dim])

  # Backward of `turn`, in place, of g [R, (H+2K)E] fp32; raw as it was before.
  def turn_backward(self: __torch__.Decoder, g: Tensor, raw: Tensor, w: List[Tensor], grads: List[Tensor], at: int, cos: Tensor, sin: Tensor) -> Tensor:
    all = torch.view(g, [-1, self.heads + 2 * self.kv_heads, self.head_dim])
    turning = self.heads + self.kv_heads
    self.rotate_(torch.slice(all, 1, 0, turning, 1), torch.to(cos, 6), torch.neg(torch.to(sin, 6)))
    if self.qk_norm:
      before = torch.view(raw, [-1, self.heads + 2 * self.kv_heads, self.head_dim])
      gq = torch.slice(all, 1, 0, self.heads, 1)
      u, r = self.unit(torch.slice(before, 1, 0, self.heads, 1))
      torch.copy_(gq, self.norm_backward(gq, u, r, w, grads, at + 3))
      gk = torch.slice(all, 1, self.heads, turning, 1)
      u2, r2 = self.unit(torch.slice(before, 1, self.heads, turning, 1))
      torch.copy_(gk, self.norm_backward(gk, u2, r2, w, grads, at + 4))
    return torch.to(g, self.dtype)

  # Rows x [n, n'] of a bucket as its rectangle [B*T, n'], zeros where padding stands.
  def lay_out(self: __torch__.Decoder, x: Tensor, places: Tensor, size: int) -> Tensor:
    if torch.eq(torch.size(x, 0), size):
      y = x
    else:
      y = torch.index_copy_(torch.new_zeros(x, [size, torch.size(x, 1)]), 0, places, x)
    return y

  def pick_up(self: __torch__.Decoder, x: Tensor, places: Tensor) -> Tensor:
    if torch.eq(torch.size(x, 0), torch.numel(places)):
      y = x
    else:
      y = torch.index_select(x, 0, places)
    return y

  # [B*T, H*E] to [B*K, T*H/K, E]: the query heads of one key head stand together, so that its keys
  # need no copies.
  def by_key_head(self: __torch__.Decoder, x: Tensor, count: int, time: int) -> Tensor:
    repeat = torch.floordiv(self.heads, self.kv_heads)
    y = torch.view(x, [count, time, self.kv_heads, repeat * self.head_dim])
    return torch.reshape(torch.transpose(y, 1, 2), [count * self.kv_heads, time * repeat, self.head_dim])

  # The inverse of by_key_head, of [B*K, T*n, E] to [B*T, K*n*E].
  def by_row(self: __torch__.Decoder, x: Tensor, count: int, time: int, repeat: int) -> Tensor:
    y = torch.view(x, [count, self.kv_heads, time, repeat * self.head_dim])
    return torch.reshape(torch.transpose(y, 1, 2), [count * time, self.kv_heads * repeat * self.head_dim])

  # Keys (or values) of a bucket [B*K, S+T, E]: those of the shared prefix [S, K*E], then its own.
  def with_prefix(self: __torch__.Decoder, prefix: Tensor, own: Tensor, count: int, time: int) -> Tensor:
    y = torch.transpose(torch.view(own, [count, time, self.kv_heads, self.head_dim]), 1, 2)
    length = torch.size(prefix, 0)
    if torch.gt(length, 0):
      p = torch.transpose(torch.view(prefix, [length, self.kv_heads, self.head_dim]), 0, 1)
      y = torch.cat([torch.expand(torch.unsqueeze(p, 0), [count, self.kv_heads, length, self.head_dim]), y], 2)
    return torch.reshape(y, [count * self.kv_heads, length + time, self.head_dim])

  # Probabilities [B*K, t*H/K, S+end] with which scaled queries start..end attend to keys [B*K, S+T, E].
  def probabilities(self: __torch__.Decoder, q: Tensor, keys: Tensor, prefix: int, start: int, end: int) -> Tensor:
    repeat = torch.floordiv(self.heads, self.kv_heads)
    seen = torch.triu(torch.new_full(q, [end - start, prefix + end], -inf), prefix + start + 1)
    mask = torch.reshape(torch.expand(torch.unsqueeze(seen, 1), [end - start, repeat, prefix + end]), [1, (end - start) * repeat, prefix + end])
    scores = torch.baddbmm(mask, torch.slice(q, 1, start * repeat, end * repeat, 1), torch.transpose(torch.slice(keys, 1, 0, prefix + end, 1), 1, 2))
    return torch.softmax(scores, 2)

  # How many queries are computed at once: bounds the probabilities held to `limit` numbers.
  def stride(self: __torch__.Decoder, count: int, time: int, length: int, limit: int) -> int:
    fits = torch.floordiv(limit, count * self.heads * length)
    return ops.prim.min(time, ops.prim.max(1, fits))

  def columns(self: __torch__.Decoder, x: Tensor, first: int, count: int) -> Tensor:
    return torch.slice(x, 1, first * self.head_dim, (first + count) * self.head_dim, 1)

  # A bucket: its first row and its rows, its sequences and their length, the first row and the rows of their
  # shared prefix, then its rows laid out [B*T, (H+2K)E] and the prefix's [S, (H+2K)E].
  def bucket(self: __torch__.Decoder, qkv: Tensor, plan: List[int], places: Tensor, b: int) -> Tuple[int, int, int, int, int, int, Tensor, Tensor]:
    first = plan[6 * b]
    rows = plan[6 * b + 1]
    count = plan[6 * b + 2]
    time = plan[6 * b + 3]
    prefix_row = plan[6 * b + 4]
    prefix = plan[6 * b + 5]
    own = self.lay_out(torch.slice(qkv, 0, first, first + rows, 1), places, count * time)
    shared = torch.slice(qkv, 0, prefix_row, prefix_row + prefix, 1)
    return (first, rows, count, time, prefix_row, prefix, own, shared)

  # --- attention by fused kernels, which hold no probabilities ---------------------------------------
  #
  # CUDA's where `attention` is 1; where it is 2 the CPU's stand in for them, which is for tests.

  # Keys (or values) of a bucket [B, S+T, H, E]: those of the shared prefix [S, K*E], then its own, repeated
  # for the query heads that share them.
  def repeated(self: __torch__.Decoder, prefix: Tensor, own: Tensor, count: int, time: int) -> Tensor:
    y = torch.reshape(own, [count, time, self.kv_heads, self.head_dim])
    length = torch.size(prefix, 0)
    if torch.gt(length, 0):
      p = torch.reshape(prefix, [1, length, self.kv_heads, self.head_dim])
      y = torch.cat([torch.expand(p, [count, length, self.kv_heads, self.head_dim]), y], 1)
    repeat = torch.floordiv(self.heads, self.kv_heads)
    wide = torch.expand(torch.unsqueeze(y, 3), [count, length + time, self.kv_heads, repeat, self.head_dim])
    return torch.reshape(wide, [count, length + time, self.heads, self.head_dim])

  # The gradient of `repeated`, of g [B, S+T, H, E] to [B*K, S+T, E] in fp32.
  def summed(self: __torch__.Decoder, g: Tensor, count: int) -> Tensor:
    length = torch.size(g, 1)
    y = torch.reshape(g, [count, length, self.kv_heads, torch.floordiv(self.heads, self.kv_heads), self.head_dim])
    return torch.reshape(torch.transpose(torch.sum(y, [3], False, dtype=6), 1, 2), [count * self.kv_heads, length, self.head_dim])

  # Additive mask [T, S+T]: query t sees what is up to S + t.
  def seen(self: __torch__.Decoder, q: Tensor, length: int) -> Tensor:
    time = torch.size(q, 1)
    return torch.triu(torch.new_full(q, [time, length], -inf), length - time + 1)

  # Attention of q [B, T, H, E] over keys and values [B, S+T, H, E], the same mask: [B, T, H, E], then what
  # its backward needs: log-sums, and a seed and an offset of random numbers that are not used.
  def fused(self: __torch__.Decoder, q: Tensor, k: Tensor, v: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    if torch.eq(self.attention, 1):
      a, sums, seed, offset, _0, _1 = torch._efficient_attention_forward(q, k, v, None, None, None, None, None, 0., 2, True)
    else:
      t, sums = torch._scaled_dot_product_flash_attention_for_cpu(torch.transpose(q, 1, 2), torch.transpose(k, 1, 2), torch.transpose(v, 1, 2), 0., False, attn_mask=self.seen(q, torch.size(k, 1)))
      a = torch.transpose(t, 1, 2)
      seed = sums
      offset = sums
    return (a, sums, seed, offset)

  # Gradients of q, k and v, whose attention is computed again.
  def fused_backward(self: __torch__.Decoder, g: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    a, sums, seed, offset = self.fused(q, k, v)
    if torch.eq(self.attention, 1):
      gq, gk, gv, _0 = torch._efficient_attention_backward(g, q, k, v, None, a, None, None, torch.size(q, 1), torch.size(k, 1), sums, 0., seed, offset, 2, False)
    else:
      tq, tk, tv = torch._scaled_dot_product_flash_attention_for_cpu_backward(torch.transpose(g, 1, 2), torch.transpose(q, 1, 2), torch.transpose(k, 1, 2), torch.transpose(v, 1, 2), torch.transpose(a, 1, 2), sums, 0., False, attn_mask=self.seen(q, torch.size(k, 1)))
      gq = torch.transpose(tq, 1, 2)
      gk = torch.transpose(tk, 1, 2)
      gv = torch.transpose(tv, 1, 2)
    return (gq, gk, gv)

  # How many sequences are computed at once: bounds their repeated keys and values to `limit` numbers.
  def portion(self: __torch__.Decoder, count: int, length: int, limit: int) -> int:
    fits = torch.floordiv(limit, 2 * self.heads * self.head_dim * length)
    return ops.prim.min(count, ops.prim.max(1, fits))

  def joined(self: __torch__.Decoder, parts: List[Tensor]) -> Tensor:
    if torch.eq(torch.len(parts), 1):
      y = parts[0]
    else:
      y = torch.cat(parts, 0)
    return y

  # Queries, keys and values of the rows [B*T, (H+2K)E] of some sequences of a bucket, as `fused` takes them.
  def inputs(self: __torch__.Decoder, own: Tensor, shared: Tensor, count: int, time: int) -> Tuple[Tensor, Tensor, Tensor]:
    q = torch.reshape(self.columns(own, 0, self.heads), [count, time, self.heads, self.head_dim])
    k = self.repeated(self.columns(shared, self.heads, self.kv_heads), self.columns(own, self.heads, self.kv_heads), count, time)
    v = self.repeated(self.columns(shared, self.heads + self.kv_heads, self.kv_heads), self.columns(own, self.heads + self.kv_heads, self.kv_heads), count, time)
    return (q, k, v)

  def attend_fused(self: __torch__.Decoder, qkv: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tensor:
    outputs = annotate(List[Tensor], [])
    for b in range(torch.len(places)):
      first, rows, count, time, prefix_row, prefix, own, shared = self.bucket(qkv, plan, places[b], b)
      parts = annotate(List[Tensor], [])
      portion = self.portion(count, prefix + time, limit)
      for i in range(torch.floordiv(count + portion - 1, portion)):
        start = i * portion
        end = ops.prim.min(count, start + portion)
        q, k, v = self.inputs(torch.slice(own, 0, start * time, end * time, 1), shared, end - start, time)
        a, _0, _1, _2 = self.fused(q, k, v)
        torch.append(parts, torch.reshape(a, [(end - start) * time, self.heads * self.head_dim]))
      torch.append(outputs, self.pick_up(self.joined(parts), places[b]))
    return torch.cat(outputs, 0)

  def attend_fused_backward(self: __torch__.Decoder, g: Tensor, qkv: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tensor:
    grad = torch.new_zeros(qkv, [torch.size(qkv, 0), torch.size(qkv, 1)], dtype=6)
    for b in range(torch.len(places)):
      first, rows, count, time, prefix_row, prefix, own, shared = self.bucket(qkv, plan, places[b], b)
      go = self.lay_out(torch.slice(g, 0, first, first + rows, 1), places[b], count * time)
      grad_q = annotate(List[Tensor], [])
      grad_k = annotate(List[Tensor], [])
      grad_v = annotate(List[Tensor], [])
      portion = self.portion(count, prefix + time, limit)
      for i in range(torch.floordiv(count + portion - 1, portion)):
        start = i * portion
        end = ops.prim.min(count, start + portion)
        n = end - start
        q, k, v = self.inputs(torch.slice(own, 0, start * time, end * time, 1), shared, n, time)
        gq, gk, gv = self.fused_backward(torch.reshape(torch.slice(go, 0, start * time, end * time, 1), [n, time, self.heads, self.head_dim]), q, k, v)
        torch.append(grad_q, torch.reshape(gq, [n * time, self.heads * self.head_dim]))
        torch.append(grad_k, self.summed(gk, n))
        torch.append(grad_v, self.summed(gv, n))
      own_grad = torch.slice(grad, 0, first, first + rows, 1)
      torch.add_(self.columns(own_grad, 0, self.heads), self.pick_up(self.joined(grad_q), places[b]))
      prefix_grad = torch.slice(grad, 0, prefix_row, prefix_row + prefix, 1)
      self.add_keys(self.joined(grad_k), own_grad, prefix_grad, self.heads, count, time, places[b])
      self.add_keys(self.joined(grad_v), own_grad, prefix_grad, self.heads + self.kv_heads, count, time, places[b])
    return grad

  # --- attention by plain operators -------------------------------------------------------------------

  # Causal attention of all buckets: qkv [R, (H+2K)E], turned, to [R, H*E].
  def attend(self: __torch__.Decoder, qkv: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tensor:
    if torch.gt(self.attention, 0):
      a = self.attend_fused(qkv, plan, places, limit)
    else:
      a = self.attend_plain(qkv, plan, places, limit)
    return a

  def attend_plain(self: __torch__.Decoder, qkv: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tensor:
    outputs = annotate(List[Tensor], [])
    for b in range(torch.len(places)):
      first, rows, count, time, prefix_row, prefix, own, shared = self.bucket(qkv, plan, places[b], b)
      q = torch.mul(self.by_key_head(torch.reshape(self.columns(own, 0, self.heads), [count * time, self.heads * self.head_dim]), count, time), torch.pow(self.head_dim, -0.5))
      keys = self.with_prefix(torch.contiguous(self.columns(shared, self.heads, self.kv_heads)), torch.contiguous(self.columns(own, self.heads, self.kv_heads)), count, time)
      values = self.with_prefix(torch.contiguous(self.columns(shared, self.heads + self.kv_heads, self.kv_heads)), torch.contiguous(self.columns(own, self.heads + self.kv_heads, self.kv_heads)), count, time)
      parts = annotate(List[Tensor], [])
      stride = self.stride(count, time, prefix + time, limit)
      for i in range(torch.floordiv(time + stride - 1, stride)):
        start = i * stride
        end = ops.prim.min(time, start + stride)
        torch.append(parts, torch.bmm(self.probabilities(q, keys, prefix, start, end), torch.slice(values, 1, 0, prefix + end, 1)))
      a = self.by_row(torch.cat(parts, 1), count, time, torch.floordiv(self.heads, self.kv_heads))
      torch.append(outputs, self.pick_up(a, places[b]))
    return torch.cat(outputs, 0)

  # Backward of `attend`: g [R, H*E] to the gradient of qkv [R, (H+2K)E] in fp32.
  def attend_backward(self: __torch__.Decoder, g: Tensor, qkv: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tensor:
    if torch.gt(self.attention, 0):
      grad = self.attend_fused_backward(g, qkv, plan, places, limit)
    else:
      grad = self.attend_plain_backward(g, qkv, plan, places, limit)
    return grad

  # The probabilities are computed again, since they would take more memory than all else together.
  def attend_plain_backward(self: __torch__.Decoder, g: Tensor, qkv: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tensor:
    grad = torch.new_zeros(qkv, [torch.size(qkv, 0), torch.size(qkv, 1)], dtype=6)
    scale = torch.pow(self.head_dim, -0.5)
    repeat = torch.floordiv(self.heads, self.kv_heads)
    for b in range(torch.len(places)):
      first, rows, count, time, prefix_row, prefix, own, shared = self.bucket(qkv, plan, places[b], b)
      q = torch.mul(self.by_key_head(torch.reshape(self.columns(own, 0, self.heads), [count * time, self.heads * self.head_dim]), count, time), scale)
      keys = self.with_prefix(torch.contiguous(self.columns(shared, self.heads, self.kv_heads)), torch.contiguous(self.columns(own, self.heads, self.kv_heads)), count, time)
      values = self.with_prefix(torch.contiguous(self.columns(shared, self.heads + self.kv_heads, self.kv_heads)), torch.contiguous(self.columns(own, self.heads + self.kv_heads, self.kv_heads)), count, time)
      go = self.by_key_head(self.lay_out(torch.slice(g, 0, first, first + rows, 1), places[b], count * time), count, time)
      grad_q = annotate(List[Tensor], [])
      grad_k = torch.new_zeros(keys, [count * self.kv_heads, prefix + time, self.head_dim], dtype=6)
      grad_v = torch.zeros_like(grad_k)
      stride = self.stride(count, time, prefix + time, limit)
      for i in range(torch.floordiv(time + stride - 1, stride)):
        start = i * stride
        end = ops.prim.min(time, start + stride)
        p = self.probabilities(q, keys, prefix, start, end)
        o = torch.slice(go, 1, start * repeat, end * repeat, 1)
        torch.add_(torch.slice(grad_v, 1, 0, prefix + end, 1), torch.bmm(torch.transpose(p, 1, 2), o))
        gp = torch.bmm(o, torch.transpose(torch.slice(values, 1, 0, prefix + end, 1), 1, 2))
        gs = torch._softmax_backward_data(gp, p, 2, self.dtype)
        torch.append(grad_q, torch.bmm(gs, torch.slice(keys, 1, 0, prefix + end, 1)))
        torch.add_(torch.slice(grad_k, 1, 0, prefix + end, 1), torch.bmm(torch.transpose(gs, 1, 2), torch.slice(q, 1, start * repeat, end * repeat, 1)))
      own_grad = torch.slice(grad, 0, first, first + rows, 1)
      gq = self.by_row(torch.cat(grad_q, 1), count, time, repeat)
      torch.add_(self.columns(own_grad, 0, self.heads), self.pick_up(gq, places[b]), alpha=scale)
      prefix_grad = torch.slice(grad, 0, prefix_row, prefix_row + prefix, 1)
      self.add_keys(grad_k, own_grad, prefix_grad, self.heads, count, time, places[b])
      self.add_keys(grad_v, own_grad, prefix_grad, self.heads + self.kv_heads, count, time, places[b])
    return grad

  # Adds the gradient of a bucket's keys (or values) [B*K, S+T, E] to its own rows and its prefix's.
  def add_keys(self: __torch__.Decoder, grad: Tensor, own_grad: Tensor, prefix_grad: Tensor, head: int, count: int, time: int, places: Tensor) -> int:
    prefix = torch.size(prefix_grad, 0)
    all = torch.view(grad, [count, self.kv_heads, prefix + time, self.head_dim])
    own = torch.reshape(torch.transpose(torch.slice(all, 2, prefix, prefix + time, 1), 1, 2), [count * time, self.kv_heads * self.head_dim])
    torch.add_(self.columns(own_grad, head, self.kv_heads), self.pick_up(own, places))
    if torch.gt(prefix, 0):
      total = torch.sum(torch.slice(all, 2, 0, prefix, 1), [0])
      torch.add_(self.columns(prefix_grad, head, self.kv_heads), torch.reshape(torch.transpose(total, 0, 1), [prefix, self.kv_heads * self.head_dim]))
    return prefix

  # --- a block ------------------------------------------------------------------------------------

  # One block of rows x [R, D]. Returns what backward needs beside x: the projections [R, (H+2K)E]
  # (turned, or as they were before where queries and keys are normalised), the attention's output
  # [R, H*E], the residual stream after it [R, D], gate and up [R, 2F]; last the block's output.
  def block(self: __torch__.Decoder, x: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    raw = self.linear(self.norm(x, w[at]), w[at + 1], w[at + 2], self.qkv_bias)
    a = self.attend(self.turn(raw, w, at, cos, sin), plan, places, limit)
    y = torch.add_(self.linear(a, w[at + 5], w[at + 6], self.output_bias), x)
    gate_up = self.linear(self.norm(y, w[at + 7]), w[at + 8], w[at + 9], self.mlp_bias)
    f = self.gated(gate_up)
    out = torch.add_(self.linear(f, w[at + 10], w[at + 11], self.mlp_bias), y)
    return (raw, a, y, gate_up, out)

  def gated(self: __torch__.Decoder, gate_up: Tensor) -> Tensor:
    width = torch.floordiv(torch.size(gate_up, 1), 2)
    return torch.mul_(torch.silu(torch.slice(gate_up, 1, 0, width, 1)), torch.slice(gate_up, 1, width, 2 * width, 1))

  # Gradient of gate and up [R, 2F] from that of their product [R, F], which is overwritten.
  def gated_backward(self: __torch__.Decoder, g: Tensor, gate_up: Tensor) -> Tensor:
    width = torch.floordiv(torch.size(gate_up, 1), 2)
    gate = torch.slice(gate_up, 1, 0, width, 1)
    up = torch.slice(gate_up, 1, width, 2 * width, 1)
    grad = torch.empty_like(gate_up)
    torch.mul(g, torch.silu(gate), out=torch.slice(grad, 1, width, 2 * width, 1))
    torch.silu_backward(torch.mul_(g, up), gate, grad_input=torch.slice(grad, 1, 0, width, 1))
    return grad

  # Backward of a block: g [R, D] fp32 is the gradient of its output and becomes that of its input.
  def block_backward(self: __torch__.Decoder, g: Tensor, x: Tensor, raw: Tensor, a: Tensor, y: Tensor, gate_up: Tensor, w: List[Tensor], grads: List[Tensor], adapters: List[Tensor], adapter_grads: List[Tensor], scaling: float, layer: int, cos: Tensor, sin: Tensor, plan: List[int], places: List[Tensor], limit: int) -> Tensor:
    at = layer * 12
    adapted = torch.gt(torch.len(adapters), 0)
    first = layer * 14
    narrow = torch.to(g, self.dtype)
    f = self.gated(gate_up)
    if adapted:
      self.adapter_backward(narrow, f, adapters, adapter_grads, first + 12, scaling)
    gf = self.linear_backward(narrow, f, w, grads, at + 10, self.mlp_bias)
    gg = self.gated_backward(gf, gate_up)
    u, r = self.unit(y)
    h = torch.to(torch.mul(u, torch.to(w[at + 7], 6)), self.dtype)
    if adapted:
      width = torch.floordiv(torch.size(gg, 1), 2)
      self.adapter_backward(torch.slice(gg, 1, 0, width, 1), h, adapters, adapter_grads, first + 8, scaling)
      self.adapter_backward(torch.slice(gg, 1, width, 2 * width, 1), h, adapters, adapter_grads, first + 10, scaling)
    gh = self.linear_backward(gg, h, w, grads, at + 8, self.mlp_bias)
    torch.add_(g, self.norm_backward(gh, u, r, w, grads, at + 7))
    narrow2 = torch.to(g, self.dtype)
    if adapted:
      self.adapter_backward(narrow2, a, adapters, adapter_grads, first + 6, scaling)
    ga = self.linear_backward(narrow2, a, w, grads, at + 5, self.output_bias)
    if self.qk_norm:
      qkv = self.turn(raw, w, at, cos, sin)
    else:
      qkv = raw
    gqkv = self.turn_backward(self.attend_backward(ga, qkv, plan, places, limit), raw, w, grads, at, cos, sin)
    u3, r3 = self.unit(x)
    h3 = torch.to(torch.mul(u3, torch.to(w[at], 6)), self.dtype)
    if adapted:
      self.adapter_backward(self.columns(gqkv, 0, self.heads), h3, adapters, adapter_grads, first, scaling)
      self.adapter_backward(self.columns(gqkv, self.heads, self.kv_heads), h3, adapters, adapter_grads, first + 2, scaling)
      self.adapter_backward(self.columns(gqkv, self.heads + self.kv_heads, self.kv_heads), h3, adapters, adapter_grads, first + 4, scaling)
    gh3 = self.linear_backward(gqkv, h3, w, grads, at + 1, self.qkv_bias)
    return torch.add_(g, self.norm_backward(gh3, u3, r3, w, grads, at))

  # --- the network --------------------------------------------------------------------------------

  def angles(self: __torch__.Decoder, table: Tensor, positions: Tensor) -> Tensor:
    return torch.to(torch.unsqueeze(torch.index_select(table, 0, positions), 1), self.dtype)

  # tokens [R] at positions [R] to the final hidden states of `wanted` rows [N, D], which are the
  # last of the list. keep 0 returns nothing else, keep 1 before it each block's input (the rest is
  # computed again in backward), keep 2 all that backward needs.
  def forward(self: __torch__.Decoder, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, tokens: Tensor, positions: Tensor, plan: List[int], places: List[Tensor], wanted: Tensor, keep: int, limit: int) -> List[Tensor]:
    kept = annotate(List[Tensor], [])
    x = torch.to(torch.embedding(w[self.layers * 12], tokens), self.dtype)
    cos = self.angles(cos_table, positions)
    sin = self.angles(sin_table, positions)
    for i in range(self.layers):
      raw, a, y, gate_up, out = self.block(x, w, i * 12, cos, sin, plan, places, limit)
      if torch.gt(keep, 0):
        torch.append(kept, x)
      if torch.gt(keep, 1):
        torch.append(kept, raw)
        torch.append(kept, a)
        torch.append(kept, y)
        torch.append(kept, gate_up)
      x = out
    last = torch.index_select(x, 0, wanted)
    if torch.gt(keep, 0):
      torch.append(kept, last)
    torch.append(kept, self.norm(last, w[self.layers * 12 + 1]))
    return kept

  # Backward of `forward` with what it kept: g [N, D] fp32 is the gradient of the hidden states.
  def backward(self: __torch__.Decoder, g: Tensor, kept: List[Tensor], w: List[Tensor], grads: List[Tensor], adapters: List[Tensor], adapter_grads: List[Tensor], scaling: float, cos_table: Tensor, sin_table: Tensor, tokens: Tensor, positions: Tensor, plan: List[int], places: List[Tensor], wanted: Tensor, keep: int, limit: int) -> int:
    cos = self.angles(cos_table, positions)
    sin = self.angles(sin_table, positions)
    last = kept[torch.len(kept) - 2]
    u, r = self.unit(last)
    gl = self.norm_backward(g, u, r, w, grads, self.layers * 12 + 1)
    # a prompt's last row is wanted by each of its completions
    gx = torch.index_add_(torch.new_zeros(gl, [torch.size(tokens, 0), torch.size(gl, 1)]), 0, wanted, gl)
    for j in range(self.layers):
      i = self.layers - 1 - j
      if torch.gt(keep, 1):
        x = kept[5 * i]
        raw = kept[5 * i + 1]
        a = kept[5 * i + 2]
        y = kept[5 * i + 3]
        gate_up = kept[5 * i + 4]
      else:
        x = kept[i]
        raw, a, y, gate_up, _0 = self.block(x, w, i * 12, cos, sin, plan, places, limit)
      gx = self.block_backward(gx, x, raw, a, y, gate_up, w, grads, adapters, adapter_grads, scaling, i, cos, sin, plan, places, limit)
    if torch.gt(torch.len(grads), 0):
      torch.index_add_(grads[self.layers * 12], 0, tokens, gx)
    return self.layers

  # Room for hidden states [rows, width] in the compute type.
  def new_states(self: __torch__.Decoder, x: Tensor, rows: int, width: int) -> Tensor:
    return torch.new_empty(x, [rows, width], dtype=self.dtype)

  # --- the output layer ---------------------------------------------------------------------------

  # Which column of a block of the vocabulary has each target [N, 1], and whether it has it.
  def column(self: __torch__.Decoder, targets: Tensor, start: int, width: int) -> Tuple[Tensor, Tensor]:
    at = torch.unsqueeze(torch.sub(targets, start), 1)
    inside = torch.logical_and(torch.ge(at, 0), torch.lt(at, width))
    return (torch.clamp(at, 0, width - 1), inside)

  # Log-probability [N] of each target under softmax(h · headᵀ / temperature), the entropy [N] of
  # that distribution and its log-normaliser [N], `block` words of the vocabulary at a time: there
  # are never [N, V] logits.
  def token_log_probs(self: __torch__.Decoder, h: Tensor, head: Tensor, targets: Tensor, inverse_temperature: float, block: int) -> Tuple[Tensor, Tensor, Tensor]:
    vocabulary = torch.size(head, 0)
    picked = torch.new_zeros(targets, [torch.size(targets, 0), 1], dtype=6)
    normalisers = annotate(List[Tensor], [])
    means = annotate(List[Tensor], [])
    for c in range(torch.floordiv(vocabulary + block - 1, block)):
      start = c * block
      logits = torch.mul_(torch.to(torch.linear(h, torch.to(torch.slice(head, 0, start, start + block, 1), self.dtype)), 6), inverse_temperature)
      at, inside = self.column(targets, start, torch.size(logits, 1))
      picked = torch.where(inside, torch.gather(logits, 1, at), picked)
      top = torch.amax(logits, [1], True)
      shifted = torch.sub_(logits, top)
      e = torch.exp(shifted)
      total = torch.sum(e, [1], True)
      torch.append(normalisers, torch.add(torch.log(total), top))
      torch.append(means, torch.add(torch.div(torch.sum(torch.mul_(e, shifted), [1], True), total), top))
    parts = torch.cat(normalisers, 1)
    z = torch.logsumexp(parts, [1])
    shares = torch.exp(torch.sub(parts, torch.unsqueeze(z, 1)))
    mean = torch.sum(torch.mul(shares, torch.cat(means, 1)), [1])
    return (torch.sub(torch.squeeze(picked, 1), z), torch.sub(z, mean), z)

  # Backward of token_log_probs: adds the gradient of the head to head_grad, where that is not
  # empty, and returns that of h in fp32.
  # d logp_target / d logit_j = (1[j = target] - p_j) / temperature;
  # d entropy / d logit_j = -p_j (log p_j + entropy) / temperature.
  def token_log_probs_backward(self: __torch__.Decoder, h: Tensor, head: Tensor, targets: Tensor, normalisers: Tensor, entropies: Tensor, grad_log_probs: Tensor, grad_entropies: Tensor, with_entropy: bool, inverse_temperature: float, block: int, head_grad: Tensor) -> Tensor:
    grad = torch.new_zeros(h, [torch.size(h, 0), torch.size(h, 1)], dtype=6)
    g = torch.mul(torch.unsqueeze(grad_log_probs, 1), inverse_temperature)
    minus = torch.neg(g)
    e = torch.mul(torch.unsqueeze(grad_entropies, 1), -inverse_temperature)
    z = torch.unsqueeze(normalisers, 1)
    for c in range(torch.floordiv(torch.size(head, 0) + block - 1, block)):
      start = c * block
      weight = torch.to(torch.slice(head, 0, start, start + block, 1), self.dtype)
      log_p = torch.sub_(torch.mul_(torch.to(torch.linear(h, weight), 6), inverse_temperature), z)
      if with_entropy:
        p = torch.exp(log_p)
        factors = torch.add_(torch.mul_(torch.add_(log_p, torch.unsqueeze(entropies, 1)), e), minus)
        d = torch.mul_(p, factors)
      else:
        d = torch.mul_(torch.exp_(log_p), minus)
      at, inside = self.column(targets, start, torch.size(d, 1))
      torch.scatter_add_(d, 1, at, torch.mul(g, torch.to(inside, 6)))
      narrow = torch.to(d, self.dtype)
      torch.add_(grad, torch.matmul(narrow, weight))
      if torch.gt(torch.numel(head_grad), 0):
        torch.add_(torch.slice(head_grad, 0, start, start + block, 1), torch.matmul(torch.transpose(narrow, 0, 1), h))
    return grad

  # 1 [N] where the target is the likeliest token, else 0, `chunk` rows of logits at a time.
  def greedy_matches(self: __torch__.Decoder, h: Tensor, head: Tensor, targets: Tensor, chunk: int) -> Tensor:
    weight = torch.to(head, self.dtype)
    matches = annotate(List[Tensor], [])
    rows = torch.size(h, 0)
    chunks = torch.floordiv(rows + chunk - 1, chunk)
    for c in range(chunks):
      logits = torch.linear(torch.slice(h, 0, c * chunk, (c + 1) * chunk, 1), weight)
      best = torch.argmax(logits, 1, False)
      torch.append(matches, torch.to(torch.eq(best, torch.slice(targets, 0, c * chunk, (c + 1) * chunk, 1)), 6))
    return torch.cat(matches, 0)

  # KL(p || q) [N] of the student's distribution p at each row from the teacher's q, over the whole
  # vocabulary, `chunk` rows of logits at a time. Adds the gradient of weight * sum(KL) by the
  # student's head to head_grad and returns that by h: d KL / d logit_j = p_j (log p_j - log q_j - KL).
  def reverse_kl(self: __torch__.Decoder, h: Tensor, head: Tensor, teacher_h: Tensor, teacher_head: Tensor, inverse_temperature: float, weight: float, chunk: int, head_grad: Tensor) -> Tuple[Tensor, Tensor]:
    student_weight = torch.to(head, self.dtype)
    teacher_weight = torch.to(teacher_head, self.dtype)
    kls = annotate(List[Tensor], [])
    grads = annotate(List[Tensor], [])
    rows = torch.size(h, 0)
    chunks = torch.floordiv(rows + chunk - 1, chunk)
    for c in range(chunks):
      x = torch.slice(h, 0, c * chunk, (c + 1) * chunk, 1)
      y = torch.slice(teacher_h, 0, c * chunk, (c + 1) * chunk, 1)
      log_p = torch.log_softmax(torch.mul(torch.to(torch.linear(x, student_weight), 6), inverse_temperature), 1)
      log_q = torch.log_softmax(torch.mul(torch.to(torch.linear(y, teacher_weight), 6), inverse_temperature), 1)
      p = torch.exp(log_p)
      gap = torch.sub(log_p, log_q)
      kl = torch.sum(torch.mul(p, gap), [1])
      torch.append(kls, kl)
      d = torch.mul(torch.mul(torch.mul(torch.sub(gap, torch.unsqueeze(kl, 1)), p), inverse_temperature), weight)
      narrow = torch.to(d, self.dtype)
      torch.append(grads, torch.to(torch.matmul(narrow, student_weight), 6))
      torch.add_(head_grad, torch.to(torch.matmul(torch.transpose(narrow, 0, 1), x), 6))
    return (torch.cat(kls, 0), torch.cat(grads, 0))
