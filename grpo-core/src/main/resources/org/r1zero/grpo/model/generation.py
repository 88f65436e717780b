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
  fused : bool
  packed : bool
  efficient : bool
  few : bool

  # A GPU waits for the launch of each kernel, whatever it computes: where `few` is set, as many
  # operators as can be are one.

  # --- pieces -------------------------------------------------------------------------------------

  # x times int8 weights w [out, in]: b holds their scales [out], then the bias where there is one.
  def linear_int8(self: __torch__.Generation, x: Tensor, w: Tensor, b: Tensor, biased: bool) -> Tensor:
    out = torch.size(w, 0)
    y = torch._weight_int8pack_mm(torch.contiguous(x), w, torch.slice(b, 0, 0, out, 1))
    if biased:
      y = torch.add(y, torch.slice(b, 0, out, 2 * out, 1))
    return y

  # Packed weights are laid out for oneDNN's kernels, in the compute type; others are masters.
  def linear(self: __torch__.Generation, x: Tensor, w: Tensor, b: Tensor, biased: bool) -> Tensor:
    if torch.eq(ops.prim.dtype(w), 1):
      y = self.linear_int8(x, w, b, biased)
    elif self.packed:
      if biased:
        y = ops.mkldnn._linear_pointwise(x, w, b, "none", annotate(List[Optional[number]], []), "")
      else:
        y = ops.mkldnn._linear_pointwise(x, w, None, "none", annotate(List[Optional[number]], []), "")
    elif biased:
      y = torch.linear(x, torch.to(w, self.dtype), torch.to(b, self.dtype))
    else:
      y = torch.linear(x, torch.to(w, self.dtype))
    return y

  # x + linear(h): the sum is part of the packed product, rounded once. With few operators x is
  # overwritten.
  def add_linear(self: __torch__.Generation, x: Tensor, h: Tensor, w: Tensor, b: Tensor, biased: bool) -> Tensor:
    if torch.__and__(self.packed, torch.ne(ops.prim.dtype(w), 1)):
      if biased:
        y = ops.mkldnn._linear_pointwise(h, x, w, b, "add")
      else:
        y = ops.mkldnn._linear_pointwise(h, x, w, None, "add")
    elif torch.__and__(self.few, torch.eq(ops.prim.dtype(w), self.dtype)):
      y = torch.addmm_(x, h, torch.t(w))
      if biased:
        y = torch.add_(y, b)
    else:
      y = torch.add(x, self.linear(h, w, b, biased))
    return y

  # silu(gate) * up: packed, both are part of the products.
  def gated(self: __torch__.Generation, h: Tensor, w: List[Tensor], at: int) -> Tensor:
    if torch.__and__(self.packed, torch.ne(ops.prim.dtype(w[at + 8]), 1)):
      up = 12 * self.layers + 3 + torch.floordiv(at, 12)
      if self.mlp_bias:
        width = torch.floordiv(torch.size(w[at + 9], 0), 2)
        gate = ops.mkldnn._linear_pointwise(h, w[at + 8], torch.slice(w[at + 9], 0, 0, width, 1), "swish", annotate(List[Optional[number]], []), "")
        f = ops.mkldnn._linear_pointwise(h, gate, w[up], torch.slice(w[at + 9], 0, width, 2 * width, 1), "mul")
      else:
        gate = ops.mkldnn._linear_pointwise(h, w[at + 8], None, "swish", annotate(List[Optional[number]], []), "")
        f = ops.mkldnn._linear_pointwise(h, gate, w[up], None, "mul")
    else:
      gate_up = self.linear(h, w[at + 8], w[at + 9], self.mlp_bias)
      width = torch.floordiv(torch.size(gate_up, 1), 2)
      f = torch.mul(torch.silu(torch.slice(gate_up, 1, 0, width, 1)), torch.slice(gate_up, 1, width, 2 * width, 1))
    return f

  # Weights [4, D] are w, w, 1 and -1: x and -x together have the mean 0 and the variance mean(x^2), so
  # that the layer norm of both, one kernel, has the RMS norm of x in its first half; rms_norm is eight.
  def norm(self: __torch__.Generation, x: Tensor, w: Tensor) -> Tensor:
    if torch.gt(torch.dim(w), 1):
      both = torch.mul(torch.unsqueeze(x, -2), torch.slice(w, 0, 2, 4, 1))
      y = torch.select(torch.layer_norm(both, [2, torch.size(x, -1)], torch.slice(w, 0, 0, 2, 1), None, self.eps, False), -2, 0)
    else:
      y = torch.rms_norm(x, [torch.size(x, -1)], torch.to(w, self.dtype), self.eps)
    return y

  # The halves of each head turned by the angle of its position: cos is [N, 1, E], both halves
  # alike, and sin is [N, 1, E], the first half negated.
  def rotate(self: __torch__.Generation, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.floordiv(self.head_dim, 2)
    return torch.addcmul_(torch.mul(x, cos), torch.roll(x, [half], [2]), sin)

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
    y = self.add_linear(x, attended, w[at + 5], w[at + 6], self.output_bias)
    f = self.gated(self.norm(y, w[at + 7]), w, at)
    return self.add_linear(y, f, w[at + 10], w[at + 11], self.mlp_bias)

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

  def cosines(self: __torch__.Generation, table: Tensor, positions: Tensor) -> Tensor:
    c = torch.unsqueeze(torch.index_select(table, 0, positions), 1)
    return torch.to(torch.cat([c, c], 2), self.dtype)

  def sines(self: __torch__.Generation, table: Tensor, positions: Tensor) -> Tensor:
    c = torch.unsqueeze(torch.index_select(table, 0, positions), 1)
    return torch.to(torch.cat([torch.neg(c), c], 2), self.dtype)

  # Attention of q [B, T, H, E] over k and v [B, L, K, E]; causal where there is no mask, else with
  # the additive mask [B, 1, T, L]. Returns [B*T, H*E]. On CPUs it runs in fp32: there each of the
  # kernel's many small bf16 products costs more to set up than to compute.
  def attend(self: __torch__.Generation, q: Tensor, k: Tensor, v: Tensor, mask: Optional[Tensor]) -> Tensor:
    a = torch.scaled_dot_product_attention(torch.to(torch.transpose(q, 1, 2), self.attention_dtype), self.widen(torch.to(k, self.attention_dtype)), self.widen(torch.to(v, self.attention_dtype)), mask, 0., torch.__is__(mask, None))
    return torch.to(torch.reshape(torch.transpose(a, 1, 2), [torch.size(q, 0) * torch.size(q, 1), self.heads * self.head_dim]), self.dtype)

  # --- generation ---------------------------------------------------------------------------------

  # prompts [P, S] padded at the end, `last` [P] the place of each one's last token. Returns the keys and
  # values of each layer, 2 * layers tensors [P, S, K, E] (all keys first), then the final hidden state
  # of each prompt's last token [P, D]. At most `chunk` tokens of each prompt are computed at once.
  def prefill(self: __torch__.Generation, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, prompts: Tensor, last: Tensor, chunk: int) -> List[Tensor]:
    rows = torch.size(prompts, 0)
    length = torch.size(prompts, 1)
    keys = annotate(List[Tensor], [])
    values = annotate(List[Tensor], [])
    hidden = torch.zeros([rows, torch.size(w[self.layers * 12], 1)], dtype=self.dtype, layout=None, device=ops.prim.device(prompts), pin_memory=None)
    for c in range(torch.floordiv(length + chunk - 1, chunk)):
      start = c * chunk
      end = ops.prim.min(length, start + chunk)
      time = end - start
      x = self.embed(torch.flatten(torch.slice(prompts, 1, start, end, 1)), w)
      steps = torch.add(torch.arange(time, dtype=4, layout=None, device=ops.prim.device(prompts), pin_memory=None), start)
      positions = torch.repeat(steps, [rows])
      cos = self.cosines(cos_table, positions)
      sin = self.sines(sin_table, positions)
      mask = annotate(Optional[Tensor], None)
      if torch.gt(start, 0):
        mask = torch.triu(torch.full([time, end], -inf, dtype=self.attention_dtype, layout=None, device=ops.prim.device(prompts), pin_memory=None), start + 1)
      for i in range(self.layers):
        q, k, v = self.queries_keys_values(x, w, i * 12, cos, sin)
        key = torch.reshape(k, [rows, time, self.kv_heads, self.head_dim])
        value = torch.reshape(v, [rows, time, self.kv_heads, self.head_dim])
        if torch.gt(start, 0):
          key = torch.cat([keys[i], key], 1)
          value = torch.cat([values[i], value], 1)
          torch._set_item(keys, i, key)
          torch._set_item(values, i, value)
        else:
          torch.append(keys, key)
          torch.append(values, value)
        a = self.attend(torch.reshape(q, [rows, time, self.heads, self.head_dim]), key, value, mask)
        x = self.finish_block(x, a, w, i * 12)
      place = torch.clamp(torch.sub(last, start), 0, time - 1)
      own = torch.add(torch.mul(torch.arange(rows, dtype=4, layout=None, device=ops.prim.device(prompts), pin_memory=None), time), place)
      here = torch.logical_and(torch.ge(last, start), torch.lt(last, end))
      hidden = torch.where(torch.unsqueeze(here, 1), torch.index_select(x, 0, own), hidden)
    return torch.add(torch.add(keys, values), [self.norm(hidden, w[self.layers * 12 + 1])])

  # What running sequences attend to is in two caches, of 2 * layers arrays [rows, K, time, E] each, all
  # keys first: what was read before sampling, once for all who share it, in slots, and what each one
  # sampled itself, in rows.

  def new_cache(self: __torch__.Generation, like: Tensor, rows: int, time: int) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(2 * self.layers):
      torch.append(out, torch.zeros([rows, self.kv_heads, time, self.head_dim], dtype=self.dtype, layout=None, device=ops.prim.device(like), pin_memory=None))
    return out

  # An array of a cache with room for other numbers of rows and positions; the first ones are copied.
  def grow(self: __torch__.Generation, old: Tensor, rows: int, time: int) -> Tensor:
    out = torch.new_zeros(old, [rows, self.kv_heads, time, self.head_dim])
    kept = ops.prim.min(rows, torch.size(old, 0))
    torch.copy_(torch.slice(torch.slice(out, 0, 0, kept, 1), 2, 0, torch.size(old, 2), 1), torch.slice(old, 0, 0, kept, 1))
    return out

  # Puts the prompts of a prefill into slots from `first` on.
  def fill_slots(self: __torch__.Generation, prefix: List[Tensor], prefilled: List[Tensor], first: int) -> int:
    end = first + torch.size(prefilled[0], 0)
    time = torch.size(prefilled[0], 1)
    for i in range(2 * self.layers):
      torch.copy_(torch.slice(torch.slice(prefix[i], 0, first, end, 1), 2, 0, time, 1), torch.transpose(prefilled[i], 1, 2))
    return end

  # Moves row (or slot) `source` of a cache to `target`, its first `time` positions.
  def move_row(self: __torch__.Generation, cache: List[Tensor], source: int, target: int, time: int) -> int:
    for i in range(2 * self.layers):
      torch.copy_(torch.slice(torch.select(cache[i], 0, target), 1, 0, time, 1), torch.slice(torch.select(cache[i], 0, source), 1, 0, time, 1))
    return time

  # Additive mask [B, 1, 1, time] that hides what is at or after each of `ends` [B]. Its rows begin at
  # multiples of 16 numbers, as CUDA's fused attention needs them.
  def hide_from(self: __torch__.Generation, ends: Tensor, time: int) -> Tensor:
    room = torch.floordiv(time + 15, 16) * 16
    steps = torch.arange(room, dtype=4, layout=None, device=ops.prim.device(ends), pin_memory=None)
    after = torch.ge(torch.unsqueeze(steps, 0), torch.unsqueeze(ends, 1))
    mask = torch.masked_fill(torch.zeros(torch.size(after), dtype=self.dtype, layout=None, device=ops.prim.device(ends), pin_memory=None), after, -inf)
    return torch.slice(torch.view(mask, [torch.size(ends, 0), 1, 1, room]), 3, 0, time, 1)

  # Attention of q [B, K, Q, E] over the first `time` positions of keys and values [B, K, room, E] alone.
  # Returns it as [B, Q, K, E], and the logarithm of the sum of its exponentials [B, Q, K], with which
  # parts are merged. The fused kernel reads no place that it does not need, and is many times as fast as
  # oneDNN's batched products where a CPU has no bf16.
  def attend_part(self: __torch__.Generation, q: Tensor, keys: Tensor, values: Tensor, time: int, mask: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    k = torch.slice(keys, 2, 0, time, 1)
    v = torch.slice(values, 2, 0, time, 1)
    if self.fused:
      a, sums = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., False, attn_mask=mask)
    elif self.efficient:
      bias = mask
      if torch.__isnot__(mask, None):
        bias = torch.expand(unchecked_cast(Tensor, mask), [torch.size(q, 0), self.kv_heads, torch.size(q, 2), time])
      a, all_sums, _0, _1 = torch._scaled_dot_product_efficient_attention(q, k, v, bias, True, 0., False)
      sums = torch.slice(all_sums, 2, 0, torch.size(q, 2), 1) # padded to 32 queries
    else:
      scores = torch.bmm(torch.flatten(q, 0, 1), torch.transpose(torch.flatten(k, 0, 1), 1, 2))
      scores = torch.to(torch.view(scores, [torch.size(q, 0), self.kv_heads, torch.size(q, 2), time]), 6)
      scores = torch.div(scores, torch.sqrt(annotate(float, torch.mul(1., self.head_dim))))
      if torch.__isnot__(mask, None):
        scores = torch.add(scores, unchecked_cast(Tensor, mask))
      sums = torch.logsumexp(scores, [3])
      p = torch.to(torch.exp(torch.sub(scores, torch.unsqueeze(sums, 3))), self.dtype)
      a = torch.view(torch.bmm(torch.flatten(p, 0, 1), torch.flatten(v, 0, 1)), torch.size(q))
    return (torch.transpose(a, 1, 2), torch.transpose(sums, 1, 2))

  # The same of rows q [n, K, R, E] over what each sampled itself, in the stretches of `decode`.
  def attend_own(self: __torch__.Generation, q: Tensor, keys: Tensor, values: Tensor, ends: List[int], longest: List[int], mask: Optional[Tensor]) -> Tuple[Tensor, Tensor]:
    parts = annotate(List[Tensor], [])
    sums = annotate(List[Tensor], [])
    start = 0
    for i in range(torch.len(ends)):
      end = ends[i]
      time = longest[i] + 1
      own_mask = mask
      if torch.__isnot__(mask, None):
        own_mask = torch.slice(torch.slice(unchecked_cast(Tensor, mask), 0, start, end, 1), 3, 0, time, 1)
      a, b = self.attend_part(torch.slice(q, 0, start, end, 1), torch.slice(keys, 0, start, end, 1), torch.slice(values, 0, start, end, 1), time, own_mask)
      torch.append(parts, a)
      torch.append(sums, b)
      start = end
    if torch.eq(torch.len(ends), 1):
      out = (parts[0], sums[0])
    else:
      out = (torch.cat(parts), torch.cat(sums))
    return out

  # Parts a and b [n, R, K, E] of the same queries' attention by the difference [n, R, K] of their log-sums
  # to [n, H*E].
  def merge(self: __torch__.Generation, a: Tensor, b: Tensor, difference: Tensor) -> Tensor:
    n = torch.size(a, 0)
    if self.few:
      share = torch.sigmoid(difference, out=torch.new_empty(difference, torch.size(difference), dtype=self.dtype))
      room = torch.new_empty(a, [n, self.kv_heads, torch.size(a, 1), self.head_dim])
      torch.lerp(torch.transpose(a, 1, 2), torch.transpose(b, 1, 2), torch.transpose(torch.unsqueeze(share, 3), 1, 2), out=room)
      merged = torch.view(room, [n, self.heads * self.head_dim])
    else:
      share = torch.to(torch.unsqueeze(torch.sigmoid(difference), 3), self.dtype)
      merged = torch.reshape(torch.transpose(torch.lerp(a, b, share), 1, 2), [n, self.heads * self.head_dim])
    return merged

  # One new token for each of n sequences: tokens [n] at positions [n]; `own` [n] is how many tokens
  # each one has sampled and put into its row, the first n of `cache`, and `even` says that all are the
  # same. Rows up to each of `ends` are attended to together, as far as `longest`, the largest of their `own`.
  # `lengths` [slots] are those of the prefixes, `full` says that all are the same, `read` is the largest.
  # `grid` has the sequence at each place of each slot, `place` where in it each sequence is; `ordered`
  # says that both are 0, 1, 2, … Returns hidden states [n, D].
  def decode(self: __torch__.Generation, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, prefix: List[Tensor], cache: List[Tensor], tokens: Tensor, positions: Tensor, own: Tensor, even: bool, ends: List[int], longest: List[int], lengths: Tensor, full: bool, read: int, grid: Tensor, place: Tensor, ordered: bool) -> Tensor:
    n = torch.size(tokens, 0)
    slots = torch.size(lengths, 0)
    members = torch.floordiv(torch.size(grid, 0), slots)
    repeat = torch.floordiv(self.heads, self.kv_heads)
    x = self.embed(tokens, w)
    cos = self.cosines(cos_table, positions)
    sin = self.sines(sin_table, positions)
    rows = torch.arange(n, dtype=4, layout=None, device=ops.prim.device(tokens), pin_memory=None)
    time = ops.prim.max(longest) + 1
    mask = annotate(Optional[Tensor], None)
    if torch.__not__(even):
      mask = self.hide_from(torch.add(own, 1), time)
    read_mask = annotate(Optional[Tensor], None)
    if torch.__not__(full):
      read_mask = self.hide_from(lengths, read)
    for i in range(self.layers):
      q, k, v = self.queries_keys_values(x, w, i * 12, cos, sin)
      keys = torch.slice(cache[i], 0, 0, n, 1)
      values = torch.slice(cache[self.layers + i], 0, 0, n, 1)
      if even:
        torch.copy_(torch.select(keys, 2, time - 1), k)
        torch.copy_(torch.select(values, 2, time - 1), v)
      else:
        torch.index_put_(torch.transpose(keys, 1, 2), [rows, own], k, False)
        torch.index_put_(torch.transpose(values, 1, 2), [rows, own], v, False)
      # the query heads that share a key head, and the sequences that share a slot, are rows of one product
      b, own_sums = self.attend_own(torch.reshape(q, [n, self.kv_heads, repeat, self.head_dim]), keys, values, ends, longest, mask)
      if torch.__not__(ordered):
        q = torch.index_select(q, 0, grid)
      q = torch.permute(torch.reshape(q, [slots, members, self.kv_heads, repeat, self.head_dim]), [0, 2, 1, 3, 4])
      q = torch.reshape(q, [slots, self.kv_heads, members * repeat, self.head_dim])
      a, read_sums = self.attend_part(q, torch.slice(prefix[i], 0, 0, slots, 1), torch.slice(prefix[self.layers + i], 0, 0, slots, 1), read, read_mask)
      a = torch.reshape(a, [slots * members, repeat, self.kv_heads, self.head_dim])
      read_sums = torch.reshape(read_sums, [slots * members, repeat, self.kv_heads])
      if torch.__not__(ordered):
        a = torch.index_select(a, 0, place)
        read_sums = torch.index_select(read_sums, 0, place)
      a = self.merge(a, b, torch.sub(own_sums, read_sums))
      x = self.finish_block(x, a, w, i * 12)
    return self.norm(x, w[self.layers * 12 + 1])

  # Logits of hidden states [n, D] into the first n rows of `room` [rows, V] fp32, which is made
  # once: memory of this size has to be cleared by the system each time that it is new.
  def logits(self: __torch__.Generation, h: Tensor, head: Tensor, room: Tensor) -> Tensor:
    return torch.copy_(torch.slice(room, 0, 0, torch.size(h, 0), 1), self.linear(h, head, head, False))

  def first_logits(self: __torch__.Generation, h: List[Tensor], head: Tensor, room: Tensor) -> Tensor:
    return self.logits(torch.cat(h), head, room)

  def pick_rows(self: __torch__.Generation, x: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(x, 0, rows)

  def filters(self: __torch__.Generation, top_k: int, top_p: float, min_p: float) -> bool:
    return torch.__or__(torch.__or__(torch.gt(top_k, 0), torch.lt(top_p, 1.)), torch.gt(min_p, 0.))

  # Of logits [n, V], which they overwrite, at a temperature above 0.
  def probabilities(self: __torch__.Generation, logits: Tensor, temperature: float) -> Tensor:
    if torch.ne(temperature, 1.):
      torch.mul_(logits, torch.div(1., temperature))
    return torch._softmax(logits, 1, False, out=logits)

  # Samples one token a row from logits [n, V], which are overwritten, by inverse transform: uniforms [n]
  # in [0, 1).
  # temperature 0 is greedy. Filters in transformers' order: top-k, then top-p, then min-p; each is
  # off at 0, 1 and 0. Returns tokens [n], their log-probs under the distribution sampled from, and
  # their log-probs under softmax(logits / temperature) without filters (both [n] fp32).
  def sample(self: __torch__.Generation, logits: Tensor, uniforms: Tensor, temperature: float, top_k: int, top_p: float, min_p: float) -> Tuple[Tensor, Tensor, Tensor]:
    if torch.le(temperature, 0.):
      tokens = torch.argmax(logits, 1, True)
      picked = torch.sub(torch.squeeze(torch.gather(logits, 1, tokens), 1), torch.logsumexp(logits, [1]))
      chosen = torch.zeros_like(picked)
    else:
      p = self.probabilities(logits, temperature)
      if self.filters(top_k, top_p, min_p):
        tokens, chosen = self.draw_filtered(p, uniforms, top_k, top_p, min_p)
        picked = torch.log(torch.squeeze(torch.gather(p, 1, tokens), 1))
      else:
        tokens = self.draw(p, uniforms)
        picked = torch.log(torch.squeeze(torch.gather(p, 1, tokens), 1))
        chosen = picked
    return (torch.squeeze(tokens, 1), chosen, picked)

  # The first place in each row of p [n, C] (fp32, not all 0) where the running sum exceeds share
  # [n, 1] (fp64, in [0, 1)) of the row's sum: never one of probability 0.
  def first_above(self: __torch__.Generation, p: Tensor, share: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    last = torch.sub(torch.size(p, 1), 1)
    cumulative = torch.cumsum(p, 1, dtype=7)
    total = torch.slice(cumulative, 1, last, last + 1, 1)
    target = torch.mul(torch.clamp_max(share, 0.9999999999999991), total)
    # among NaN nothing is found, and the index would be past the end: then the log-prob tells
    at = torch.clamp_max(torch.searchsorted(cumulative, target, right=True), last)
    own = torch.to(torch.gather(p, 1, at), 7)
    rest = torch.sub(target, torch.sub(torch.gather(cumulative, 1, at), own))
    return (at, torch.clamp(torch.div(rest, own), 0., 1.), total)

  # A token a row [n, 1] of p [n, V]: first a block of 256, by the blocks' sums, then one in it.
  def draw(self: __torch__.Generation, p: Tensor, uniforms: Tensor) -> Tensor:
    vocabulary = torch.size(p, 1)
    share = torch.unsqueeze(torch.to(uniforms, 7), 1)
    blocks = torch.floordiv(vocabulary, 256)
    if torch.lt(blocks, 2):
      tokens, _0, _1 = self.first_above(p, share)
    else:
      sums = torch.sum(torch.view(torch.slice(p, 1, 0, blocks * 256, 1), [torch.size(p, 0), blocks, 256]), [2])
      if torch.gt(vocabulary, blocks * 256):
        sums = torch.cat([sums, torch.sum(torch.slice(p, 1, blocks * 256, vocabulary, 1), [1], True)], 1)
      block, rest, _2 = self.first_above(sums, share)
      start = torch.mul(block, 256)
      places = torch.add(start, torch.unsqueeze(torch.arange(256, dtype=4, layout=None, device=ops.prim.device(p), pin_memory=None), 0))
      inside = torch.gather(p, 1, torch.clamp_max(places, vocabulary - 1))
      inside = torch.masked_fill(inside, torch.ge(places, vocabulary), 0.)
      at, _3, _4 = self.first_above(inside, rest)
      tokens = torch.add(start, at)
    return tokens

  # The same after filters, which all keep a head of the tokens in order of probability: so only the
  # `count` likeliest are sorted. Whether every row's head ends among them is the last result [1].
  def draw_among(self: __torch__.Generation, p: Tensor, uniforms: Tensor, top_k: int, top_p: float, min_p: float, count: int) -> Tuple[Tensor, Tensor, Tensor]:
    vocabulary = torch.size(p, 1)
    limited = torch.__and__(torch.gt(top_k, 0), torch.lt(top_k, vocabulary))
    best, order = torch.topk(p, count, 1)
    last = torch.slice(best, 1, count - 1, count, 1)
    if torch.eq(count, vocabulary):
      ends = torch.ge(last, 0.)
    elif limited:
      ends = torch.lt(last, torch.slice(best, 1, top_k - 1, top_k, 1))
    else:
      ends = torch.lt(last, torch.mul(torch.slice(best, 1, 0, 1, 1), min_p))
      if torch.lt(top_p, 1.):
        # for all rows by the same filter, so that which rows share a step decides no tie among sorted tokens
        ends = torch.logical_or(torch.all(ends, 0, True), torch.all(torch.ge(torch.sub(torch.sum(best, [1], True), last), top_p), 0, True))
    kept = best
    if limited:
      kept = torch.masked_fill(kept, torch.lt(best, torch.slice(best, 1, top_k - 1, top_k, 1)), 0.)
      kept = torch.div(kept, torch.sum(kept, [1], True))
    if torch.lt(top_p, 1.):
      before = torch.sub(torch.cumsum(kept, 1), kept)
      kept = torch.masked_fill(kept, torch.ge(before, top_p), 0.)
    if torch.gt(min_p, 0.):
      kept = torch.masked_fill(kept, torch.lt(kept, torch.mul(torch.slice(kept, 1, 0, 1, 1), min_p)), 0.)
    at, _0, total = self.first_above(kept, torch.unsqueeze(torch.to(uniforms, 7), 1))
    chosen = torch.log(torch.div(torch.gather(kept, 1, at), total))
    return (torch.gather(order, 1, at), torch.to(torch.squeeze(chosen, 1), 6), torch.all(ends, 0))

  # How many of the likeliest are sorted at first.
  def first_count(self: __torch__.Generation, vocabulary: int, top_k: int) -> int:
    count = 128
    if torch.__and__(torch.gt(top_k, 0), torch.lt(top_k, vocabulary)):
      count = top_k + 64
    if torch.ge(count * 4, vocabulary):
      count = vocabulary
    return count

  # More and more of them, until every row's head ends among them: each time that is read.
  def draw_filtered(self: __torch__.Generation, p: Tensor, uniforms: Tensor, top_k: int, top_p: float, min_p: float) -> Tuple[Tensor, Tensor]:
    vocabulary = torch.size(p, 1)
    count = self.first_count(vocabulary, top_k)
    tokens, chosen, ends = self.draw_among(p, uniforms, top_k, top_p, min_p, count)
    for attempt in range(3):
      if torch.lt(count, vocabulary):
        if torch.__not__(bool(ends)):
          count = count * 8
          if torch.__or__(torch.ge(count * 4, vocabulary), torch.eq(attempt, 2)):
            count = vocabulary
          tokens, chosen, ends = self.draw_among(p, uniforms, top_k, top_p, min_p, count)
    return (tokens, chosen)

  def decode_and_sample(self: __torch__.Generation, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, prefix: List[Tensor], cache: List[Tensor], tokens: Tensor, positions: Tensor, own: Tensor, even: bool, ends: List[int], longest: List[int], lengths: Tensor, full: bool, read: int, grid: Tensor, place: Tensor, ordered: bool, room: Tensor, uniforms: Tensor, temperature: float, top_k: int, top_p: float, min_p: float) -> Tuple[Tensor, Tensor, Tensor]:
    h = self.decode(w, cos_table, sin_table, prefix, cache, tokens, positions, own, even, ends, longest, lengths, full, read, grid, place, ordered)
    return self.sample(self.logits(h, w[self.layers * 12 + 2], room), uniforms, temperature, top_k, top_p, min_p)

  # The same for a GPU, to and from which each copy takes as long as a kernel: `numbers` has tokens,
  # positions, own, grid, place and lengths one after the other, n sequences of them. Returns tokens,
  # log-probs sampled from and without filters [3, n] fp64. With filters a fourth row has 0 where too few
  # of the likeliest were sorted: then nobody has waited to know it, and `redraw` draws again.
  def step(self: __torch__.Generation, w: List[Tensor], cos_table: Tensor, sin_table: Tensor, prefix: List[Tensor], cache: List[Tensor], numbers: Tensor, n: int, places: int, even: bool, ends: List[int], longest: List[int], full: bool, read: int, ordered: bool, room: Tensor, uniforms: Tensor, temperature: float, top_k: int, top_p: float, min_p: float) -> Tensor:
    at = 3 * n + places
    grid = torch.slice(numbers, 0, 3 * n, at, 1)
    place = torch.slice(numbers, 0, at, at + n, 1)
    lengths = torch.slice(numbers, 0, at + n, torch.size(numbers, 0), 1)
    h = self.decode(w, cos_table, sin_table, prefix, cache, torch.slice(numbers, 0, 0, n, 1), torch.slice(numbers, 0, n, 2 * n, 1), torch.slice(numbers, 0, 2 * n, 3 * n, 1), even, ends, longest, lengths, full, read, grid, place, ordered)
    logits = self.logits(h, w[self.layers * 12 + 2], room)
    if torch.__and__(torch.gt(temperature, 0.), self.filters(top_k, top_p, min_p)):
      p = self.probabilities(logits, temperature)
      drawn, chosen, found = self.draw_among(p, uniforms, top_k, top_p, min_p, self.first_count(torch.size(p, 1), top_k))
      picked = torch.log(torch.squeeze(torch.gather(p, 1, drawn), 1))
      out = torch.stack([torch.to(torch.squeeze(drawn, 1), 7), torch.to(chosen, 7), torch.to(picked, 7), torch.expand(torch.to(found, 7), [n])])
    else:
      tokens, chosen, picked = self.sample(logits, uniforms, temperature, top_k, top_p, min_p)
      out = torch.stack([torch.to(tokens, 7), torch.to(chosen, 7), torch.to(picked, 7)])
    return out

  # Draws once more from the probabilities that `step` has left in `room`, all of them sorted.
  def redraw(self: __torch__.Generation, room: Tensor, uniforms: Tensor, top_k: int, top_p: float, min_p: float) -> Tensor:
    p = torch.slice(room, 0, 0, torch.size(uniforms, 0), 1)
    drawn, chosen, _0 = self.draw_among(p, uniforms, top_k, top_p, min_p, torch.size(p, 1))
    picked = torch.log(torch.squeeze(torch.gather(p, 1, drawn), 1))
    return torch.stack([torch.to(torch.squeeze(drawn, 1), 7), torch.to(chosen, 7), torch.to(picked, 7)])

  # The weights as generation reads them again and again: matrices packed, the rest in the compute
  # type. Gate and up are two arrays, the up projections come after all others.
  def pack(self: __torch__.Generation, w: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    ups = annotate(List[Tensor], [])
    for i in range(torch.len(w)):
      slot = torch.remainder(i, 12)
      narrow = torch.detach(torch.to(w[i], self.dtype))
      if torch.ge(i, 12 * self.layers):
        if torch.eq(i, 12 * self.layers + 2):
          narrow = ops.mkldnn._reorder_linear_weight(narrow, None)
      elif torch.eq(slot, 8):
        width = torch.floordiv(torch.size(narrow, 0), 2)
        torch.append(ups, ops.mkldnn._reorder_linear_weight(torch.slice(narrow, 0, width, 2 * width, 1), None))
        narrow = ops.mkldnn._reorder_linear_weight(torch.slice(narrow, 0, 0, width, 1), None)
      elif torch.__or__(torch.__or__(torch.eq(slot, 1), torch.eq(slot, 5)), torch.eq(slot, 10)):
        narrow = ops.mkldnn._reorder_linear_weight(narrow, None)
      torch.append(out, narrow)
    return torch.add(out, ups)

  # The blocks' matrices in int8, symmetric, a scale for each output: the largest magnitude is 127.
  # Scales take the places of the biases, before them. The output layer is packed as above.
  def quantize(self: __torch__.Generation, w: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    scales = w[0]
    for i in range(torch.len(w)):
      slot = torch.remainder(i, 12)
      array = torch.detach(torch.to(w[i], self.dtype))
      if torch.ge(i, 12 * self.layers):
        if torch.eq(i, 12 * self.layers + 2):
          array = ops.mkldnn._reorder_linear_weight(array, None)
      elif torch.__or__(torch.__or__(torch.eq(slot, 1), torch.eq(slot, 5)), torch.__or__(torch.eq(slot, 8), torch.eq(slot, 10))):
        wide = torch.detach(torch.to(w[i], 6))
        most = torch.div(torch.amax(torch.abs(wide), [1], True), 127.)
        scale = torch.to(torch.clamp_min(most, 9.9999999999999995e-21), self.dtype)
        array = torch.to(torch.clamp(torch.round(torch.div(wide, torch.to(scale, 6))), -127., 127.), 1)
        scales = torch.flatten(scale)
      elif torch.__or__(torch.__or__(torch.eq(slot, 2), torch.eq(slot, 6)), torch.__or__(torch.eq(slot, 9), torch.eq(slot, 11))):
        biased = self.mlp_bias
        if torch.eq(slot, 2):
          biased = self.qkv_bias
        elif torch.eq(slot, 6):
          biased = self.output_bias
        if biased:
          array = torch.cat([scales, array], 0)
        else:
          array = scales
      torch.append(out, array)
    return out

  # All weights in the compute type, where there is no packing.
  def narrow(self: __torch__.Generation, w: List[Tensor]) -> List[Tensor]:
    out = annotate(List[Tensor], [])
    for i in range(torch.len(w)):
      torch.append(out, torch.detach(torch.to(w[i], self.dtype)))
    return out

  # The same with norms' weights as `norm` takes them with few operators.
  def narrow_few(self: __torch__.Generation, w: List[Tensor]) -> List[Tensor]:
    out = self.narrow(w)
    for i in range(self.layers):
      torch._set_item(out, i * 12, self.for_both(out[i * 12]))
      torch._set_item(out, i * 12 + 7, self.for_both(out[i * 12 + 7]))
      if self.qk_norm:
        torch._set_item(out, i * 12 + 3, self.for_both(out[i * 12 + 3]))
        torch._set_item(out, i * 12 + 4, self.for_both(out[i * 12 + 4]))
    torch._set_item(out, self.layers * 12 + 1, self.for_both(out[self.layers * 12 + 1]))
    return out

  def for_both(self: __torch__.Generation, w: Tensor) -> Tensor:
    one = torch.ones_like(w)
    return torch.stack([w, w, one, torch.neg(one)])

  # The matrix products of one decoding step on x [n, D], with nothing between them: the least time
  # that the step can take with these weights. Reading prompts needs no output layer. Returns one number:
  # who reads it has waited for all.
  def products(self: __torch__.Generation, w: List[Tensor], x: Tensor, output: bool) -> Tensor:
    n = torch.size(x, 0)
    x = torch.to(x, self.dtype)
    attended = torch.zeros([n, self.heads * self.head_dim], dtype=self.dtype, layout=None, device=ops.prim.device(x), pin_memory=None)
    for i in range(self.layers):
      qkv = self.linear(x, w[i * 12 + 1], w[i * 12 + 2], self.qkv_bias)
      o = self.linear(attended, w[i * 12 + 5], w[i * 12 + 6], self.output_bias)
      f = self.gated(x, w, i * 12)
      down = self.linear(f, w[i * 12 + 10], w[i * 12 + 11], self.mlp_bias)
    if output:
      x = self.linear(x, w[self.layers * 12 + 2], x, False)
    return torch.to(torch.select(torch.flatten(x), 0, 0), 6)
