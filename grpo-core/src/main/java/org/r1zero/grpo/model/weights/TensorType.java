package org.r1zero.grpo.model.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The floating-point types that weights are stored in. */
public enum TensorType {
  /** IEEE 754, 32 bits. */
  F32(4) {
    @Override
    void decode(ByteBuffer in, FloatBuffer out) {
      out.put(in.asFloatBuffer());
    }

    @Override
    void encode(FloatBuffer in, ByteBuffer out) {
      while (in.hasRemaining()) {
        out.putFloat(in.get());
      }
    }
  },
  /** IEEE 754, 16 bits; read only. */
  F16(2) {
    @Override
    void decode(ByteBuffer in, FloatBuffer out) {
      while (in.hasRemaining()) {
        out.put(fromHalf(in.getShort()));
      }
    }

    @Override
    void encode(FloatBuffer in, ByteBuffer out) {
      throw new UnsupportedOperationException("weights are written in F32 or BF16");
    }
  },
  /** IEEE 754, 64 bits; read only, rounded to fp32 as transformers does. */
  F64(8) {
    @Override
    void decode(ByteBuffer in, FloatBuffer out) {
      while (in.hasRemaining()) {
        out.put((float) in.getDouble());
      }
    }

    @Override
    void encode(FloatBuffer in, ByteBuffer out) {
      throw new UnsupportedOperationException("weights are written in F32 or BF16");
    }
  },
  /** The upper half of F32. */
  BF16(2) {
    @Override
    void decode(ByteBuffer in, FloatBuffer out) {
      while (in.hasRemaining()) {
        out.put(Float.intBitsToFloat(in.getShort() << 16));
      }
    }

    @Override
    void encode(FloatBuffer in, ByteBuffer out) {
      while (in.hasRemaining()) {
        out.putShort(toBfloat16(in.get()));
      }
    }
  };

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number. */
  int bytes() {
    return bytes;
  }

  /** Converts little-endian numbers to fp32. */
  abstract void decode(ByteBuffer in, FloatBuffer out);

  /** Converts fp32 to little-endian numbers, rounding to nearest even. */
  abstract void encode(FloatBuffer in, ByteBuffer out);

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
