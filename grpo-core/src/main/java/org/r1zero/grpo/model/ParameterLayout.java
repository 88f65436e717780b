package org.r1zero.grpo.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where each Hugging Face tensor lies in the arrays that the network computes with.
 *
 * <p>Query, key and value projections are one array, and so are the gate and up projections: one
 * matrix product instead of three or two. Parts lie one after another in the first dimension, so a
 * Hugging Face tensor is a contiguous stretch of its array.
 */
final class ParameterLayout {
  /** Arrays a block; the order that {@code decoder.py} expects. */
  static final int SLOTS_PER_LAYER = 12;

  private ParameterLayout() {}

  /**
   * One tensor under its Hugging Face name.
   *
   * @param name such as {@code model.layers.0.self_attn.q_proj.weight}
   * @param rows its first dimension
   */
  record Part(String name, int rows) {}

  /**
   * One array.
   *
   * @param name our name, which is the Hugging Face name where there is one part
   * @param columns second dimension, 0 for a vector
   * @param parts what it holds, in order
   */
  record Slot(String name, int columns, List<Part> parts) {
    long[] shape() {
      long rows = parts.stream().mapToLong(Part::rows).sum();
      return columns == 0 ? new long[] {rows} : new long[] {rows, columns};
    }
  }

  /** All slots in order; {@code null} where this configuration has no such array. */
  static List<@Nullable Slot> of(DecoderConfig c) {
    List<@Nullable Slot> slots = new ArrayList<>();
    int d = c.hiddenSize();
    int q = c.heads() * c.headDim();
    int kv = c.keyValueHeads() * c.headDim();
    int f = c.intermediateSize();
    for (int i = 0; i < c.layers(); i++) {
      String p = "model.layers." + i + ".";
      String a = p + "self_attn.";
      String m = p + "mlp.";
      List<Part> qkvWeight = parts(a, ".weight", "q_proj", q, "k_proj", kv, "v_proj", kv);
      List<Part> qkvBias = parts(a, ".bias", "q_proj", q, "k_proj", kv, "v_proj", kv);
      slots.add(single(p + "input_layernorm.weight", d, 0));
      slots.add(new Slot(a + "qkv_proj.weight", d, qkvWeight));
      slots.add(c.qkvBias() ? new Slot(a + "qkv_proj.bias", 0, qkvBias) : null);
      slots.add(c.qkNorm() ? single(a + "q_norm.weight", c.headDim(), 0) : null);
      slots.add(c.qkNorm() ? single(a + "k_norm.weight", c.headDim(), 0) : null);
      slots.add(single(a + "o_proj.weight", d, q));
      slots.add(c.outputBias() ? single(a + "o_proj.bias", d, 0) : null);
      slots.add(single(p + "post_attention_layernorm.weight", d, 0));
      slots.add(
          new Slot(
              m + "gate_up_proj.weight", d, parts(m, ".weight", "gate_proj", f, "up_proj", f)));
      slots.add(
          c.mlpBias()
              ? new Slot(
                  m + "gate_up_proj.bias", 0, parts(m, ".bias", "gate_proj", f, "up_proj", f))
              : null);
      slots.add(single(m + "down_proj.weight", d, f));
      slots.add(c.mlpBias() ? single(m + "down_proj.bias", d, 0) : null);
    }
    slots.add(single("model.embed_tokens.weight", c.vocabSize(), d));
    slots.add(single("model.norm.weight", d, 0));
    slots.add(c.tieWordEmbeddings() ? null : single("lm_head.weight", c.vocabSize(), d));
    return slots;
  }

  private static Slot single(String name, int rows, int columns) {
    return new Slot(name, columns, List.of(new Part(name, rows)));
  }

  private static List<Part> parts(String prefix, String suffix, Object... namesAndRows) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < namesAndRows.length; i += 2) {
      parts.add(new Part(prefix + namesAndRows[i] + suffix, (int) namesAndRows[i + 1]));
    }
    return List.copyOf(parts);
  }
}
