package org.r1zero.grpo.model.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The floating-point types that weights are stored in. */
public enum TensorType {
  /** IEEE 754, 32 bits. */
  F32(4),
  /** IEEE 754, 16 bits; read only. */
  F16(2),
  /** IEEE 754, 64 bits; read only, rounded to fp32 as transformers does. */
  F64(8),
  /** The upper half of F32. */
  BF16(2);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  int bytes() {
    return bytes;
  }

  /** Converts little-endian numbers to fp32. */
  void decode(ByteBuffer in, FloatBuffer out) {
    if (this == F32) {
      out.put(in.asFloatBuffer());
      return;
    }
    while (in.hasRemaining()) {
      out.put(
          switch (this) {
            case F16 -> fromHalf(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << 16);
            default -> (float) in.getDouble();
          });
    }
  }

  /** Converts fp32 to little-endian numbers, rounding to nearest even. */
  void encode(FloatBuffer in, ByteBuffer out) {
    while (in.hasRemaining()) {
      switch (this) {
        case F32 -> out.putFloat(in.get());
        case BF16 -> out.putShort(toBfloat16(in.get()));
        default -> throw new UnsupportedOperationException("weights are written in F32 or BF16");
      }
    }
  }

  /** IEEE 754 half precision to single: exact. */
  static float fromHalf(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float tiny = fraction * 0x1p-24f;
      return sign == 0 ? tiny : -tiny;
    }
    int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }

  private static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
