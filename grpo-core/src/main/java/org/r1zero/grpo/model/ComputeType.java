package org.r1zero.grpo.model;

import ai.djl.Device;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Torch;

/** The floating-point type that the network computes in; weights are kept in fp32 always. */
public enum ComputeType {
  /** 32 bits. */
  FLOAT32(6),
  /** 16 bits with the exponent of 32: half the memory, faster where the processor has it. */
  BFLOAT16(15);

  /** The generation of GPUs whose fused kernels and products take bf16: Ampere. */
  private static final double FIRST_WITH_BF16 = 8.0;

  private final int scalarType;

  ComputeType(int scalarType) {
    this.scalarType = scalarType;
  }

  /** The one of a name: {@code float32} or {@code fp32}, {@code bfloat16} or {@code bf16}. */
  public static Optional<ComputeType> named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "float32", "fp32" -> Optional.of(FLOAT32);
      case "bfloat16", "bf16" -> Optional.of(BFLOAT16);
      default -> Optional.empty();
    };
  }

  /**
   * Checks that a device computes in this type.
   *
   * @throws IllegalArgumentException if it is a GPU of a generation that does not
   */
  public void requireOn(Device device) {
    String misfit = device.isGpu() ? misfit(Torch.capability(device).orElse(null)) : null;
    if (misfit != null) {
      throw new IllegalArgumentException("device cuda:" + device.getDeviceId() + " " + misfit);
    }
  }

  /**
   * Why a GPU does not compute in this type; {@code null} where it does, or nobody knows.
   *
   * @param capability such as {@code 7.5}
   */
  @Nullable String misfit(@Nullable String capability) {
    boolean fits =
        this == FLOAT32 || capability == null || Double.parseDouble(capability) >= FIRST_WITH_BF16;
    return fits
        ? null
        : "has compute capability "
            + capability
            + " and computes no bfloat16 (8.0 and later do); set dtype: float32";
  }

  /** What a number takes. */
  public int bytes() {
    return this == BFLOAT16 ? 2 : 4;
  }

  /** libtorch's number for it. */
  int scalarType() {
    return scalarType;
  }
}
