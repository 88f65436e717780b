package org.r1zero.grpo.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.r1zero.grpo.torch.DeviceClock;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/**
 * How fast this machine multiplies the matrices that a model's training needs, and nothing else:
 * the limit that a training step is compared with.
 */
public final class MatmulLimit {
  private static final int HEAD_COLUMNS = 4096;

  private MatmulLimit() {}

  /**
   * What was measured.
   *
   * @param gflopsPerSecond of all products together
   * @param secondsPerRow of a token that is computed in all layers: forward, both gradients
   * @param secondsPerTarget of a token whose log-prob is wanted: the output layer, the same three
   */
  public record Result(double gflopsPerSecond, double secondsPerRow, double secondsPerTarget) {

    /** The least time in which the products of a training step can be computed. */
    public double seconds(long rows, long targets) {
      return rows * secondsPerRow + targets * secondsPerTarget;
    }
  }

  /**
   * Times each kind of product once or more.
   *
   * @param rows how many rows a product has, as in training
   */
  public static Result measure(DecoderConfig c, ComputeType type, Device device, int rows) {
    int d = c.hiddenSize();
    int heads = c.heads() * c.headDim();
    int all = (c.heads() + 2 * c.keyValueHeads()) * c.headDim();
    int columns = Math.min(HEAD_COLUMNS, c.vocabSize());
    int[][] layer = {
      {d, all}, {heads, d}, {d, 2 * c.intermediateSize()}, {c.intermediateSize(), d}
    };
    try (Scope scope = Torch.openScope(device)) {
      TorchModule module =
          TorchModule.load(
              scope,
              MatmulLimit.class,
              "products.py",
              "Products",
              Map.of("dtype", (long) type.scalarType()));
      double perLayer = 0;
      double numbers = 0;
      for (int[] shape : layer) {
        perLayer += seconds(module, rows, shape[0], shape[1], scope);
        numbers += (double) shape[0] * shape[1];
      }
      double head = seconds(module, rows, d, columns, scope) * c.vocabSize() / columns;
      double seconds = c.layers() * perLayer + head;
      double operations = 6.0 * rows * (c.layers() * numbers + (double) d * c.vocabSize());
      return new Result(operations / seconds / 1e9, c.layers() * perLayer / rows, head / rows);
    }
  }

  /** The fastest of several runs of a product and its two gradients. */
  private static double seconds(TorchModule module, int rows, int in, int out, Scope outer) {
    try (Scope scope = outer.open()) {
      List<NDArray> arrays =
          module.callForList(
              scope,
              "prepare",
              scope.manager().randomNormal(0, 1, new Shape(rows, in), DataType.FLOAT32),
              scope.manager().randomNormal(0, 1, new Shape(out, in), DataType.FLOAT32),
              scope.manager().randomNormal(0, 1, new Shape(rows, out), DataType.FLOAT32));
      DeviceClock clock = DeviceClock.of(scope.manager().getDevice());
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < 4; i++) {
        long started = clock.nanos();
        module.call(scope, "products", arrays).close();
        best = Math.min(best, clock.secondsSince(started));
      }
      return best;
    }
  }
}
