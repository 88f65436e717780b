package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.util.List;
import org.r1zero.grpo.torch.Torch;

/** An update by AdamW through the native kernels: one pass for the norm, one for all else. */
public final class NativeUpdate {
  private NativeUpdate() {}

  /**
   * Whether the library is there and wanted, and can address the arrays.
   *
   * @param values the parameters
   */
  public static boolean isPossible(List<NDArray> values) {
    return values.stream()
            .allMatch(v -> !v.getDevice().isGpu() && 4 * v.size() <= Integer.MAX_VALUE)
        && NativeKernels.obstacle().isEmpty();
  }

  /**
   * Clips the gradients, updates as {@code torch.optim.AdamW} does, and zeroes the gradients. All
   * arrays are fp32; {@code steps} have one number each.
   *
   * @param maxNorm of all gradients together; 0 leaves them as they are
   * @return the gradients' norm before clipping; where it is not finite nothing is updated
   */
  public static double adamW(
      List<NDArray> values,
      List<NDArray> gradients,
      List<NDArray> means,
      List<NDArray> variances,
      List<NDArray> steps,
      double learningRate,
      double beta1,
      double beta2,
      double weightDecay,
      double epsilon,
      double maxNorm) {
    ByteBuffer[] arrays = new ByteBuffer[5 * values.size()];
    for (int i = 0; i < values.size(); i++) {
      int j = 5 * i;
      for (List<NDArray> kind : List.of(values, gradients, means, variances, steps)) {
        arrays[j++] = Torch.bytes(kind.get(i));
      }
    }
    return NativeKernels.adamw(
        Torch.threads(), arrays, learningRate, beta1, beta2, weightDecay, epsilon, maxNorm);
  }
}
