package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/** Attention while decoding: CPUs' fused kernel and what other devices run give the same. */
class DecodingAttentionTest {
  private static final int HEADS = 4;
  private static final int KV = 2;
  private static final int E = 8;
  private static final int WIDTH = 12;
  private static final int ROOM = 6;
  private static final int READ = 5;

  private final Random random = new Random(7);

  @ParameterizedTest
  @CsvSource({"true, true, true", "false, true, true", "true, false, true", "false, false, false"})
  void fusedAndPlainAgree(boolean even, boolean full, boolean ordered) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      List<NDArray> weights = weights(scope);
      NDArray angles = array(scope, 32, E / 2);
      List<NDArray> prefix = cache(scope, 2, READ);
      List<NDArray> rows = cache(scope, 4, ROOM);
      NDArray own = even ? scope.longs(3, 3, 3, 3) : scope.longs(3, 0, 2, 1);
      NDArray lengths = full ? scope.longs(READ, READ) : scope.longs(2, READ);
      NDArray grid = ordered ? scope.longs(0, 1, 2, 3) : scope.longs(1, 0, 0, 2, 3, 0);
      NDArray place = ordered ? scope.longs(0, 1, 2, 3) : scope.longs(1, 0, 3, 4);
      List<float[]> hidden = new ArrayList<>();
      for (boolean fused : new boolean[] {true, false}) {
        hidden.add(
            module(scope, fused)
                .call(
                    scope,
                    "decode",
                    weights,
                    angles.cos(),
                    angles.sin(),
                    prefix,
                    rows,
                    scope.longs(1, 2, 3, 4),
                    scope.longs(8, 8, 8, 8),
                    own,
                    even,
                    new long[] {1, 4},
                    new long[] {3, even ? 3 : 2},
                    lengths,
                    full,
                    READ,
                    grid,
                    place,
                    ordered)
                .toFloatArray());
      }
      assertThat(hidden.get(0)).hasSize(4 * WIDTH).containsExactly(hidden.get(1), within(1e-5f));
    }
  }

  @Test
  void aPartIsSoftmaxOverWhatTheMaskLeaves() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray q = array(scope, 1, 1, 1, E);
      NDArray k = array(scope, 1, 1, ROOM, E);
      NDArray v = array(scope, 1, 1, ROOM, E);
      NDArray mask =
          scope
              .floats(0, Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY)
              .reshape(new Shape(1, 1, 1, 4));
      double[] scores = {score(q, k, 0), score(q, k, 2)};
      double sum = Math.exp(scores[0]) + Math.exp(scores[1]);
      for (boolean fused : new boolean[] {true, false}) {
        List<NDArray> out =
            module(scope, fused, 1, 1).callForList(scope, "attend_part", q, k, v, 4, mask);
        assertThat(out.get(1).toFloatArray()[0]).isCloseTo((float) Math.log(sum), within(1e-5f));
        for (int e = 0; e < E; e++) {
          double expected =
              (Math.exp(scores[0]) * v.getFloat(0, 0, 0, e)
                      + Math.exp(scores[1]) * v.getFloat(0, 0, 2, e))
                  / sum;
          assertThat(out.get(0).toFloatArray()[e]).isCloseTo((float) expected, within(1e-5f));
        }
      }
    }
  }

  private static double score(NDArray q, NDArray k, int at) {
    double sum = 0;
    for (int e = 0; e < E; e++) {
      sum += (double) q.getFloat(0, 0, 0, e) * k.getFloat(0, 0, at, e);
    }
    return sum / Math.sqrt(E);
  }

  private static TorchModule module(Scope scope, boolean fused) {
    return module(scope, fused, HEADS, KV);
  }

  private static TorchModule module(Scope scope, boolean fused, long heads, long keyValueHeads) {
    long fp32 = ComputeType.FLOAT32.scalarType();
    return TorchModule.load(
        scope,
        PolicyModel.class,
        "generation.py",
        "Generation",
        Map.ofEntries(
            Map.entry("layers", 1L),
            Map.entry("heads", heads),
            Map.entry("kv_heads", keyValueHeads),
            Map.entry("head_dim", (long) E),
            Map.entry("eps", 1e-5),
            Map.entry("qkv_bias", false),
            Map.entry("output_bias", false),
            Map.entry("mlp_bias", false),
            Map.entry("qk_norm", false),
            Map.entry("dtype", fp32),
            Map.entry("attention_dtype", fp32),
            Map.entry("fused", fused),
            Map.entry("packed", false),
            Map.entry("few", false),
            Map.entry("efficient", false)));
  }

  private List<NDArray> cache(Scope scope, int rows, int time) {
    return List.of(array(scope, rows, KV, time, E), array(scope, rows, KV, time, E));
  }

  /** One layer in {@link ParameterLayout}'s order, then embedding, last norm and output layer. */
  private List<NDArray> weights(Scope scope) {
    NDArray none = scope.manager().zeros(new Shape(0));
    return List.of(
        array(scope, WIDTH),
        array(scope, (HEADS + 2 * KV) * E, WIDTH),
        none,
        none,
        none,
        array(scope, WIDTH, HEADS * E),
        none,
        array(scope, WIDTH),
        array(scope, 2 * WIDTH, WIDTH),
        none,
        array(scope, WIDTH, WIDTH),
        none,
        array(scope, 9, WIDTH),
        array(scope, WIDTH),
        array(scope, 9, WIDTH));
  }

  private NDArray array(Scope scope, long... shape) {
    Shape of = new Shape(shape);
    float[] values = new float[(int) of.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.5f;
    }
    return scope.floats(values).reshape(of);
  }
}
