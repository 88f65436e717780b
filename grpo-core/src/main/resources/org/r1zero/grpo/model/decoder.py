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
  attention_dtype : int

  # --- pieces -------------------------------------------------------------------------------------

  def linear(self: __torch__.Decoder, x: Tensor, w: Tensor, b: Tensor, biased: bool) -> Tensor:
    if biased:
      y = torch.linear(x, torch.to(w, self.dtype), torch.to(b, self.dtype))
    else:
      y = torch.linear(x, torch.to(w, self.dtype))
    return y

  def norm(self: __torch__.Decoder, x: Tensor, w: Tensor) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], torch.to(w, self.dtype), self.eps)

  # The rotary halves of each head turned by the angle of its position: cos and sin are [N, 1, E/2].
  def rotate(self: __torch__.Decoder, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.floordiv(self.head_dim, 2)
    a = torch.slice(x, 2, 0, half, 1)
    b = torch.slice(x, 2, half, self.head_dim, 1)
    return torch.cat([torch.sub(torch.mul(a, cos), torch.mul(b, sin)), torch.add(torch.mul(b, cos), torch.mul(a, sin))], 2)

  # Queries [N, H, E], keys [N, K, E] and values [N, K, E] of rows x [N, D], positions applied.
  def queries_keys_values(self: __torch__.Decoder, x: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    h = self.norm(x, w[at])
    qkv = torch.view(self.linear(h, w[at + 1], w[at + 2], self.qkv_bias), [-1, self.heads + 2 * self.kv_heads, self.head_dim])
    turned = self.heads + self.kv_heads
    v = torch.slice(qkv, 1, turned, turned + self.kv_heads, 1)
    if self.qk_norm:
      q = self.rotate(self.norm(torch.slice(qkv, 1, 0, self.heads, 1), w[at + 3]), cos, sin)
      k = self.rotate(self.norm(torch.slice(qkv, 1, self.heads, turned, 1), w[at + 4]), cos, sin)
    else:
      qk = self.rotate(torch.slice(qkv, 1, 0, turned, 1), cos, sin)
      q = torch.slice(qk, 1, 0, self.heads, 1)
      k = torch.slice(qk, 1, self.heads, turned, 1)
    return (q, k, v)

  # The rest of a block after attention: output projection and feed-forward, each with its residual.
  def finish_block(self: __torch__.Decoder, x: Tensor, attended: Tensor, w: List[Tensor], at: int) -> Tensor:
    y = torch.add(x, self.linear(attended, w[at + 5], w[at + 6], self.output_bias))
    h = self.norm(y, w[at + 7])
    gate_up = self.linear(h, w[at + 8], w[at + 9], self.mlp_bias)
    width = torch.floordiv(torch.size(gate_up, 1), 2)
    f = torch.mul(torch.silu(torch.slice(gate_up, 1, 0, width, 1)), torch.slice(gate_up, 1, width, 2 * width, 1))
    return torch.add(y, self.linear(f, w[at + 10], w[at + 11], self.mlp_bias))

  # [B, T, K, E] to [B, H, T, E]: each key/value head serves heads / kv_heads query heads.
  def widen(self: __torch__.Decoder, k: Tensor) -> Tensor:
    rows = torch.size(k, 0)
    time = torch.size(k, 1)
    t = torch.transpose(k, 1, 2)
    repeat = torch.floordiv(self.heads, self.kv_heads)
    if torch.gt(repeat, 1):
      t = torch.reshape(torch.expand(torch.unsqueeze(t, 2), [rows, self.kv_heads, repeat, time, self.head_dim]), [rows, self.heads, time, self.head_dim])
    return t

  def embed(self: __torch__.Decoder, tokens: Tensor, w: List[Tensor]) -> Tensor:
    return torch.to(torch.embedding(w[self.layers * 12], tokens), self.dtype)

  def angles(self: __torch__.Decoder, table: Tensor, positions: Tensor) -> Tensor:
    return torch.to(torch.unsqueeze(torch.index_select(table, 0, positions), 1), self.dtype)

  # Attention of q [B, T, H, E] over k and v [B, L, K, E]; causal where there is no mask, else with
  # the additive mask [B, 1, T, L]. Returns [B*T, H*E]. On CPUs it runs in fp32: there each of the
  # kernel's many small bf16 products costs more to set up than to compute.
  def attend(self: __torch__.Decoder, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    a = torch.scaled_dot_product_attention(torch.to(torch.transpose(q, 1, 2), self.attention_dtype), self.widen(torch.to(k, self.attention_dtype)), self.widen(torch.to(v, self.attention_dtype)), mask, 0., torch.__is__(mask, None))
    return torch.to(torch.reshape(torch.transpose(a, 1, 2), [torch.size(q, 0) * torch.size(q, 1), self.heads * self.head_dim]), self.dtype)

  # --- training -----------------------------------------------------------------------------------

  # tokens [R] are the prompts' and then the completions' tokens without any padding, at positions
  # [R]. Attention alone needs rectangles: prompt_slots [P, S] and slots [C, T] name the row that
  # stands at each place (row 0 where padding stands), and `real` [R] names each row's place among
  # the P*S + C*T. owner [C] names each completion's prompt, whose keys and values it shares;
  # prompt_lengths [P]. Returns the final hidden states of `wanted` rows [N, D].
  def hidden(self: __torch__.Decoder, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, tokens: Tensor, positions: Tensor, prompt_slots: Tensor, slots: Tensor, real: Tensor, owner: Tensor, prompt_lengths: Tensor, wanted: Tensor) -> Tensor:
    mask = self.shared_mask(prompt_lengths, owner, torch.size(prompt_slots, 1), torch.size(slots, 1))
    x = self.embed(tokens, w)
    cos = self.angles(cos_table, positions)
    sin = self.angles(sin_table, positions)
    for i in range(self.layers):
      x = self.shared_block(x, w, i * 12, cos, sin, prompt_slots, slots, real, owner, mask)
    return self.norm(torch.index_select(x, 0, wanted), w[self.layers * 12 + 1])

  # Additive mask [C, 1, T, S + T]: a completion sees its prompt without the padding, and its own past.
  def shared_mask(self: __torch__.Decoder, prompt_lengths: Tensor, owner: Tensor, prompt_time: int, time: int) -> Tensor:
    rows = torch.size(owner, 0)
    lengths = torch.unsqueeze(torch.index_select(prompt_lengths, 0, owner), 1)
    padding = torch.ge(torch.unsqueeze(torch.arange(prompt_time, dtype=4, layout=None, device=ops.prim.device(owner), pin_memory=None), 0), lengths)
    prompt_part = torch.masked_fill(torch.zeros([rows, prompt_time], dtype=self.attention_dtype, layout=None, device=ops.prim.device(owner), pin_memory=None), padding, -inf)
    future = torch.triu(torch.full([time, time], -inf, dtype=self.attention_dtype, layout=None, device=ops.prim.device(owner), pin_memory=None), 1)
    return torch.unsqueeze(torch.cat([torch.expand(torch.unsqueeze(prompt_part, 1), [rows, time, prompt_time]), torch.expand(torch.unsqueeze(future, 0), [rows, time, time])], 2), 1)

  def place(self: __torch__.Decoder, x: Tensor, slots: Tensor) -> Tensor:
    return torch.view(torch.index_select(x, 0, torch.flatten(slots)), [torch.size(slots, 0), torch.size(slots, 1), -1, self.head_dim])

  def shared_block(self: __torch__.Decoder, x: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor, prompt_slots: Tensor, slots: Tensor, real: Tensor, owner: Tensor, mask: Tensor) -> Tensor:
    q, k, v = self.queries_keys_values(x, w, at, cos, sin)
    prompt_k = self.place(k, prompt_slots)
    prompt_v = self.place(v, prompt_slots)
    a = self.attend(self.place(q, prompt_slots), prompt_k, prompt_v, None)
    if torch.gt(torch.size(slots, 1), 0):
      all_k = torch.cat([torch.index_select(prompt_k, 0, owner), self.place(k, slots)], 1)
      all_v = torch.cat([torch.index_select(prompt_v, 0, owner), self.place(v, slots)], 1)
      a = torch.cat([a, self.attend(self.place(q, slots), all_k, all_v, mask)], 0)
    return self.finish_block(x, torch.index_select(a, 0, real), w, at)

  # Log-probability [N] of each target under softmax(h · headᵀ / temperature), the entropy [N] of
  # that distribution and its log-normaliser [N], `chunk` rows of logits at a time: no [N, V] tensor.
  def token_log_probs(self: __torch__.Decoder, h: Tensor, head: Tensor, targets: Tensor, inverse_temperature: float, chunk: int) -> Tuple[Tensor, Tensor, Tensor]:
    weight = torch.to(head, self.dtype)
    log_probs = annotate(List[Tensor], [])
    entropies = annotate(List[Tensor], [])
    normalisers = annotate(List[Tensor], [])
    rows = torch.size(h, 0)
    chunks = torch.floordiv(rows + chunk - 1, chunk)
    for c in range(chunks):
      logits = torch.mul(torch.to(torch.linear(torch.slice(h, 0, c * chunk, (c + 1) * chunk, 1), weight), 6), inverse_temperature)
      z = torch.logsumexp(logits, [1])
      picked = torch.squeeze(torch.gather(logits, 1, torch.unsqueeze(torch.slice(targets, 0, c * chunk, (c + 1) * chunk, 1), 1)), 1)
      p = torch.exp(torch.sub(logits, torch.unsqueeze(z, 1)))
      torch.append(log_probs, torch.sub(picked, z))
      torch.append(normalisers, z)
      torch.append(entropies, torch.sub(z, torch.sum(torch.mul_(p, logits), [1])))
    return (torch.cat(log_probs, 0), torch.cat(entropies, 0), torch.cat(normalisers, 0))

  # Backward of token_log_probs: adds the gradient of the head to head_grad and returns that of h.
  # d logp_target / d logit_j = (1[j = target] - p_j) / temperature;
  # d entropy / d logit_j = -p_j (log p_j + entropy) / temperature.
  def token_log_probs_backward(self: __torch__.Decoder, h: Tensor, head: Tensor, targets: Tensor, normalisers: Tensor, entropies: Tensor, grad_log_probs: Tensor, grad_entropies: Tensor, with_entropy: bool, inverse_temperature: float, chunk: int, head_grad: Tensor) -> Tensor:
    weight = torch.to(head, self.dtype)
    grads = annotate(List[Tensor], [])
    rows = torch.size(h, 0)
    chunks = torch.floordiv(rows + chunk - 1, chunk)
    for c in range(chunks):
      start = c * chunk
      end = start + chunk
      x = torch.slice(h, 0, start, end, 1)
      g = torch.unsqueeze(torch.slice(grad_log_probs, 0, start, end, 1), 1)
      t = torch.unsqueeze(torch.slice(targets, 0, start, end, 1), 1)
      log_p = torch.sub_(torch.mul_(torch.to(torch.linear(x, weight), 6), inverse_temperature), torch.unsqueeze(torch.slice(normalisers, 0, start, end, 1), 1))
      p = torch.exp(log_p)
      d = torch.neg(torch.mul(p, g))
      if with_entropy:
        e = torch.unsqueeze(torch.slice(grad_entropies, 0, start, end, 1), 1)
        centred = torch.add_(log_p, torch.unsqueeze(torch.slice(entropies, 0, start, end, 1), 1))
        d = torch.sub_(d, torch.mul_(torch.mul_(centred, p), e))
      d = torch.mul_(torch.scatter_add_(d, 1, t, g), inverse_temperature)
      narrow = torch.to(d, self.dtype)
      torch.append(grads, torch.matmul(narrow, weight))
      torch.add_(head_grad, torch.to(torch.matmul(torch.transpose(narrow, 0, 1), x), 6))
    return torch.cat(grads, 0)
