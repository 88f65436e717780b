class Generation(Module):
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

  def linear(self: __torch__.Generation, x: Tensor, w: Tensor, b: Tensor, biased: bool) -> Tensor:
    if biased:
      y = torch.linear(x, torch.to(w, self.dtype), torch.to(b, self.dtype))
    else:
      y = torch.linear(x, torch.to(w, self.dtype))
    return y

  def norm(self: __torch__.Generation, x: Tensor, w: Tensor) -> Tensor:
    return torch.rms_norm(x, [torch.size(x, -1)], torch.to(w, self.dtype), self.eps)

  # The rotary halves of each head turned by the angle of its position: cos and sin are [N, 1, E/2].
  def rotate(self: __torch__.Generation, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.floordiv(self.head_dim, 2)
    a = torch.slice(x, 2, 0, half, 1)
    b = torch.slice(x, 2, half, self.head_dim, 1)
    return torch.cat([torch.sub(torch.mul(a, cos), torch.mul(b, sin)), torch.add(torch.mul(b, cos), torch.mul(a, sin))], 2)

  # Queries [N, H, E], keys [N, K, E] and values [N, K, E] of rows x [N, D], positions applied.
  def queries_keys_values(self: __torch__.Generation, x: Tensor, w: List[Tensor], at: int, cos: Tensor, sin: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
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
  def finish_block(self: __torch__.Generation, x: Tensor, attended: Tensor, w: List[Tensor], at: int) -> Tensor:
    y = torch.add(x, self.linear(attended, w[at + 5], w[at + 6], self.output_bias))
    h = self.norm(y, w[at + 7])
    gate_up = self.linear(h, w[at + 8], w[at + 9], self.mlp_bias)
    width = torch.floordiv(torch.size(gate_up, 1), 2)
    f = torch.mul(torch.silu(torch.slice(gate_up, 1, 0, width, 1)), torch.slice(gate_up, 1, width, 2 * width, 1))
    return torch.add(y, self.linear(f, w[at + 10], w[at + 11], self.mlp_bias))

  # [B, T, K, E] to [B, H, T, E]: each key/value head serves heads / kv_heads query heads.
  def widen(self: __torch__.Generation, k: Tensor) -> Tensor:
    rows = torch.size(k, 0)
    time = torch.size(k, 1)
    t = torch.transpose(k, 1, 2)
    repeat = torch.floordiv(self.heads, self.kv_heads)
    if torch.gt(repeat, 1):
      t = torch.reshape(torch.expand(torch.unsqueeze(t, 2), [rows, self.kv_heads, repeat, time, self.head_dim]), [rows, self.heads, time, self.head_dim])
    return t

  def embed(self: __torch__.Generation, tokens: Tensor, w: List[Tensor]) -> Tensor:
    return torch.to(torch.embedding(w[self.layers * 12], tokens), self.dtype)

  def angles(self: __torch__.Generation, table: Tensor, positions: Tensor) -> Tensor:
    return torch.to(torch.unsqueeze(torch.index_select(table, 0, positions), 1), self.dtype)

  # Attention of q [B, T, H, E] over k and v [B, L, K, E]; causal where there is no mask, else with
  # the additive mask [B, 1, T, L]. Returns [B*T, H*E]. On CPUs it runs in fp32: there each of the
  # kernel's many small bf16 products costs more to set up than to compute.
  def attend(self: __torch__.Generation, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    a = torch.scaled_dot_product_attention(torch.to(torch.transpose(q, 1, 2), self.attention_dtype), self.widen(torch.to(k, self.attention_dtype)), self.widen(torch.to(v, self.attention_dtype)), mask, 0., torch.__is__(mask, None))
    return torch.to(torch.reshape(torch.transpose(a, 1, 2), [torch.size(q, 0) * torch.size(q, 1), self.heads * self.head_dim]), self.dtype)

  # --- generation ---------------------------------------------------------------------------------

  # prompts [P, S] padded at the end. Returns the keys and values of each layer, 2 * layers tensors
  # [P, S, K, E] (all keys first), then the final hidden state of each prompt's last token [P, D].
  def prefill(self: __torch__.Generation, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, prompts: Tensor, positions: Tensor, wanted: Tensor) -> List[Tensor]:
    rows = torch.size(prompts, 0)
    time = torch.size(prompts, 1)
    x = self.embed(torch.flatten(prompts), w)
    cos = self.angles(cos_table, positions)
    sin = self.angles(sin_table, positions)
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    for i in range(self.layers):
      q, k, v = self.queries_keys_values(x, w, i * 12, cos, sin)
      key = torch.reshape(k, [rows, time, self.kv_heads, self.head_dim])
      value = torch.reshape(v, [rows, time, self.kv_heads, self.head_dim])
      torch.append(keys, key)
      torch.append(values, value)
      a = self.attend(torch.reshape(q, [rows, time, self.heads, self.head_dim]), key, value, None)
      x = self.finish_block(x, a, w, i * 12)
    last = self.norm(torch.index_select(x, 0, wanted), w[self.layers * 12 + 1])
    return torch.add(torch.add(keys, values), [last])

  # Puts prompt `owner[j]` of a prefill into cache rows first + j.
  def fill_cache(self: __torch__.Generation, cache: List[Tensor], prefilled: List[Tensor], owner: Tensor, first: int) -> int:
    rows = torch.size(owner, 0)
    for i in range(2 * self.layers):
      source = prefilled[i]
      torch.copy_(torch.slice(torch.slice(cache[i], 0, first, first + rows, 1), 1, 0, torch.size(source, 1), 1), torch.index_select(source, 0, owner))
    return rows

  # Moves cache row `source` to row `target`, its first `time` positions.
  def move_row(self: __torch__.Generation, cache: List[Tensor], source: int, target: int, time: int) -> int:
    for i in range(2 * self.layers):
      torch.copy_(torch.slice(torch.select(cache[i], 0, target), 0, 0, time, 1), torch.slice(torch.select(cache[i], 0, source), 0, 0, time, 1))
    return time

  # One new token for each of the first n cache rows: tokens [n] at positions [n], which are also
  # where their keys and values go. `time` is the largest position + 1. Returns hidden states [n, D].
  def decode(self: __torch__.Generation, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, cache: List[Tensor], tokens: Tensor, positions: Tensor, time: int) -> Tensor:
    n = torch.size(tokens, 0)
    x = self.embed(tokens, w)
    cos = self.angles(cos_table, positions)
    sin = self.angles(sin_table, positions)
    rows = torch.arange(n, dtype=4, layout=None, device=ops.prim.device(tokens), pin_memory=None)
    steps = torch.arange(time, dtype=4, layout=None, device=ops.prim.device(tokens), pin_memory=None)
    hidden_steps = torch.gt(torch.unsqueeze(steps, 0), torch.unsqueeze(positions, 1))
    zeros = torch.zeros([n, 1, 1, time], dtype=self.dtype, layout=None, device=ops.prim.device(tokens), pin_memory=None)
    mask = torch.masked_fill(zeros, torch.view(hidden_steps, [n, 1, 1, time]), -inf)
    repeat = torch.floordiv(self.heads, self.kv_heads)
    for i in range(self.layers):
      q, k, v = self.queries_keys_values(x, w, i * 12, cos, sin)
      keys = torch.slice(cache[i], 0, 0, n, 1)
      values = torch.slice(cache[self.layers + i], 0, 0, n, 1)
      torch.index_put_(keys, [rows, positions], k, False)
      torch.index_put_(values, [rows, positions], v, False)
      # the query heads that share a key head stand where query positions would: nothing is copied
      a = torch.scaled_dot_product_attention(torch.view(q, [n, self.kv_heads, repeat, self.head_dim]), torch.transpose(torch.slice(keys, 1, 0, time, 1), 1, 2), torch.transpose(torch.slice(values, 1, 0, time, 1), 1, 2), mask, 0., False)
      x = self.finish_block(x, torch.reshape(a, [n, self.heads * self.head_dim]), w, i * 12)
    return self.norm(x, w[self.layers * 12 + 1])

  # Logits [n, V] in fp32 of hidden states [n, D].
  def logits(self: __torch__.Generation, h: Tensor, head: Tensor) -> Tensor:
    return torch.to(torch.linear(h, torch.to(head, self.dtype)), 6)

  def pick_rows(self: __torch__.Generation, x: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(x, 0, rows)

  # Samples one token a row from logits [n, V] by inverse transform: uniforms [n] in [0, 1).
  # temperature 0 is greedy. Filters in transformers' order: top-k, then top-p, then min-p; each is
  # off at 0, 1 and 0. Returns tokens [n], their log-probs under the distribution sampled from, and
  # their log-probs under softmax(logits / temperature) without filters (both [n] fp32).
  def sample(self: __torch__.Generation, logits: Tensor, uniforms: Tensor, temperature: float, top_k: int, top_p: float, min_p: float) -> Tuple[Tensor, Tensor, Tensor]:
    greedy = torch.le(temperature, 0.)
    if greedy:
      scaled = logits
    else:
      scaled = torch.mul(logits, torch.div(1., temperature))
    full = torch.log_softmax(scaled, 1)
    if greedy:
      tokens = torch.argmax(full, 1, True)
      picked = torch.squeeze(torch.gather(full, 1, tokens), 1)
      chosen = torch.zeros_like(picked)
    else:
      kept = full
      vocabulary = torch.size(full, 1)
      if torch.__and__(torch.gt(top_k, 0), torch.lt(top_k, vocabulary)):
        best, _0 = torch.topk(kept, top_k, 1)
        kept = torch.masked_fill(kept, torch.lt(kept, torch.slice(best, 1, top_k - 1, top_k, 1)), -inf)
      if torch.lt(top_p, 1.):
        ordered, order = torch.sort(torch.softmax(kept, 1), 1, True)
        before = torch.sub(torch.cumsum(ordered, 1), ordered)
        drop = torch.scatter(torch.zeros_like(before), 1, order, torch.to(torch.ge(before, top_p), 6))
        kept = torch.masked_fill(kept, torch.gt(drop, 0.5), -inf)
      if torch.gt(min_p, 0.):
        q = torch.softmax(kept, 1)
        limit = torch.mul(torch.amax(q, [1], True), min_p)
        kept = torch.masked_fill(kept, torch.lt(q, limit), -inf)
      cumulative = torch.cumsum(torch.softmax(kept, 1), 1, dtype=7)
      total = torch.slice(cumulative, 1, vocabulary - 1, vocabulary, 1)
      # among NaN nothing is found, and the index would be past the end: then the log-prob tells
      tokens = torch.clamp_max(torch.searchsorted(cumulative, torch.mul(torch.unsqueeze(torch.to(uniforms, 7), 1), total), right=True), vocabulary - 1)
      picked = torch.squeeze(torch.gather(full, 1, tokens), 1)
      chosen = torch.squeeze(torch.gather(torch.log_softmax(kept, 1), 1, tokens), 1)
    return (torch.squeeze(tokens, 1), chosen, picked)

  def decode_and_sample(self: __torch__.Generation, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, cache: List[Tensor], tokens: Tensor, positions: Tensor, time: int, uniforms: Tensor, temperature: float, top_k: int, top_p: float, min_p: float) -> Tuple[Tensor, Tensor, Tensor]:
    h = self.decode(w, cos_table, sin_table, cache, tokens, positions, time)
    return self.sample(self.logits(h, w[self.layers * 12 + 2]), uniforms, temperature, top_k, top_p, min_p)

  # The weights in the compute type, copied into `narrow`.
  def narrow(self: __torch__.Generation, w: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(torch.len(w)):
      torch.append(out, torch.to(w[i], self.dtype))
    return out

  def copy_weights(self: __torch__.Generation, target: List[Tensor], source: List[Tensor]) -> int:
    for i in range(torch.len(source)):
      torch.copy_(target[i], source[i])
    return torch.len(source)

  def new_cache(self: __torch__.Generation, like: Tensor, rows: int, time: int) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(2 * self.layers):
      torch.append(out, torch.zeros([rows, time, self.kv_heads, self.head_dim], dtype=self.dtype, layout=None, device=ops.prim.device(like), pin_memory=None))
    return out
