package org.r1zero.grpo.model;

import java.util.Locale;
import java.util.Optional;

/** The floating-point type that the network computes in; weights are kept in fp32 always. */
public enum ComputeType {
  /** 32 bits. */
  FLOAT32(6),
  /** 16 bits with the exponent of 32: half the memory, faster where the processor has it. */
  BFLOAT16(15);

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

  /** What a number takes. */
  public int bytes() {
    return this == BFLOAT16 ? 2 : 4;
  }

  /** libtorch's number for it. */
  int scalarType() {
    return scalarType;
  }
}
