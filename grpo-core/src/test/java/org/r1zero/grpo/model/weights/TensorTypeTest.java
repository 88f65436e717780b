package org.r1zero.grpo.model.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTypeTest {

  @ParameterizedTest
  @CsvSource({
    // bits, value
    "0x0000, 0",
    "0x8000, -0.0",
    "0x3c00, 1",
    "0xc000, -2",
    "0x3555, 0.333251953125",
    "0x7bff, 65504",
    "0x0400, 0.00006103515625",
    "0x0001, 5.9604644775390625e-8",
    "0x83ff, -6.09755516052246e-5",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN"
  })
  void halfPrecisionIsReadExactly(String bits, float value) {
    short half = Integer.decode(bits).shortValue();
    assertThat(TensorType.fromHalf(half)).isEqualTo(Float.valueOf(value));
  }

  @ParameterizedTest
  @CsvSource({
    // value, its nearest bfloat16: ties go to the even one
    "1, 0x3f80",
    "-2, 0xc000",
    "1.00390625, 0x3f80",
    "1.01171875, 0x3f82",
    "1.005, 0x3f81",
    "3.4028235e38, 0x7f80",
    "Infinity, 0x7f80",
    "NaN, 0x7fc0"
  })
  void bfloat16RoundsToNearestEven(float value, String bits) {
    ByteBuffer out = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    TensorType.BF16.encode(FloatBuffer.wrap(new float[] {value}), out);
    assertThat(out.flip().getShort()).isEqualTo(Integer.decode(bits).shortValue());
  }

  @Test
  void notANumberStaysSoWhereOnlyItsLowBitsSaySo() {
    ByteBuffer out = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    TensorType.BF16.encode(FloatBuffer.wrap(new float[] {Float.intBitsToFloat(0x7f800001)}), out);
    FloatBuffer back = FloatBuffer.allocate(1);
    TensorType.BF16.decode(out.flip(), back);
    assertThat(back.get(0)).isNaN();
  }
}
