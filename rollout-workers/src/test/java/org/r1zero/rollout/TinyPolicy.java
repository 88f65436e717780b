package org.r1zero.rollout;

import ai.djl.Device;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.RopeScaling;
import org.r1zero.grpo.model.WeightNames;
import org.r1zero.grpo.torch.Torch;

/** Random two-layer policies, made in milliseconds. */
public final class TinyPolicy {
  /** The longest sequence that they take. */
  public static final int CONTEXT = 96;

  private TinyPolicy() {}

  /**
   * A policy whose next-token distributions are neither flat nor peaked.
   *
   * @param vocabulary how many tokens it knows
   * @param seed decides its weights
   */
  public static PolicyModel make(int vocabulary, long seed, ComputeType type) {
    return make(config(vocabulary, CONTEXT), seed, type);
  }

  /** The same that takes sequences of another length. */
  public static PolicyModel make(int vocabulary, int context, long seed, ComputeType type) {
    return make(config(vocabulary, context), seed, type);
  }

  /** The same of another shape. */
  public static PolicyModel make(DecoderConfig config, long seed, ComputeType type) {
    Torch.setThreads(1); // so small that a second thread would cost more than it gives
    Map<String, long[]> shapes = WeightNames.shapes(config);
    Random random = new Random(seed);
    return new PolicyModel(
        config,
        name -> {
          int size = (int) Arrays.stream(shapes.get(name)).reduce(1, (a, b) -> a * b);
          float[] values = new float[size];
          for (int i = 0; i < size; i++) {
            values[i] =
                (float) (random.nextGaussian() * 0.25 + (name.endsWith("norm.weight") ? 1 : 0));
          }
          return FloatBuffer.wrap(values);
        },
        type,
        Device.cpu());
  }

  private static DecoderConfig config(int vocabulary, int context) {
    return new DecoderConfig(
        DecoderConfig.Family.QWEN3,
        vocabulary,
        32,
        48,
        2,
        4,
        2,
        8,
        1e-5,
        1e4,
        new RopeScaling.None(),
        context,
        true,
        true,
        true,
        true,
        true);
  }
}
