package org.r1zero.grpo.model;

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

  /** libtorch's number for it. */
  int scalarType() {
    return scalarType;
  }
}
