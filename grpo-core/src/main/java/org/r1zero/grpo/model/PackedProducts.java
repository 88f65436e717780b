package org.r1zero.grpo.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/**
 * Whether weights can be packed for oneDNN's kernels: for bf16 it wants AVX-512, and refuses to
 * pack on a processor without. There libtorch's own kernels compute the same, slower.
 */
final class PackedProducts {
  private static final int SIZE = 32;
  private static final Map<ComputeType, Boolean> WORK = new ConcurrentHashMap<>();

  private PackedProducts() {}

  /** Whether a product with packed weights works on a device; tried once for each type. */
  static boolean work(ComputeType type, Device device) {
    return !device.isGpu() && WORK.computeIfAbsent(type, PackedProducts::tried);
  }

  private static boolean tried(ComputeType type) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      TorchModule module =
          TorchModule.load(
              scope,
              PackedProducts.class,
              "products.py",
              "Products",
              Map.of("dtype", (long) type.scalarType()));
      NDArray ones = scope.manager().ones(new Shape(SIZE, SIZE));
      module.call(scope, "packed_product", ones, ones);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
