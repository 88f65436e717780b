package org.r1zero.experiment.bench;

import java.util.Locale;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.Quantization;

/** What is computed in while sampling, and what the weights are kept in. */
public enum GenerationDtype {
  /** Both in fp32. */
  FP32(ComputeType.FLOAT32, Quantization.NONE),
  /** Both in bf16. */
  BF16(ComputeType.BFLOAT16, Quantization.NONE),
  /** In bf16 with the blocks' matrices in int8, as {@code sampling.quantization: int8} does. */
  INT8(ComputeType.BFLOAT16, Quantization.INT8);

  private final ComputeType computeType;
  private final Quantization quantization;

  GenerationDtype(ComputeType computeType, Quantization quantization) {
    this.computeType = computeType;
    this.quantization = quantization;
  }

  /**
   * The one of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static GenerationDtype of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "fp32", "float32" -> FP32;
      case "bf16", "bfloat16" -> BF16;
      case "int8" -> INT8;
      default ->
          throw new IllegalArgumentException("--dtype must be fp32, bf16 or int8, was " + name);
    };
  }

  ComputeType computeType() {
    return computeType;
  }

  Quantization quantization() {
    return quantization;
  }

  /** Bytes of a number of the output layer. */
  int bytes() {
    return computeType == ComputeType.FLOAT32 ? 4 : 2;
  }

  /** Bytes of a number of the blocks' matrices. */
  int blockBytes() {
    return quantization == Quantization.INT8 ? 1 : bytes();
  }
}
