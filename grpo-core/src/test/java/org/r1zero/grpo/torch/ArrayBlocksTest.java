package org.r1zero.grpo.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayBlocksTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 11, 12, 100})
  void blocksOfAnySizeHaveTheNumbersInOrder(long most) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray array = counted(scope, 12).reshape(new Shape(4, 3));
      assertThat(read(array, 0, 12, most))
          .containsExactly(0f, 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f);
      assertThat(read(array, 3, 8, most)).containsExactly(3f, 4f, 5f, 6f, 7f);
      assertThat(read(array, 12, 12, most)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 100})
  void writesOnlyWhatIsNamed(long most) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray array = counted(scope, 12).reshape(new Shape(4, 3));
      FloatBuffer values = FloatBuffer.wrap(new float[] {9, -1, -2, -3, -4, -5, 9}, 1, 5);
      ArrayBlocks.write(array, 4, values, most);
      assertThat(array.toFloatArray()).containsExactly(0, 1, 2, 3, -1, -2, -3, -4, -5, 9, 10, 11);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 100})
  void firstNumberThatIsNoneIsFoundInAnyBlock(long most) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray array = counted(scope, 12).reshape(new Shape(4, 3));
      assertThat(ArrayBlocks.firstNotFinite(array, most)).isEmpty();
      ArrayBlocks.write(array, 11, FloatBuffer.wrap(new float[] {Float.NaN}));
      assertThat(ArrayBlocks.firstNotFinite(array, most)).hasValue(Double.NaN);
      ArrayBlocks.write(array, 7, FloatBuffer.wrap(new float[] {Float.NEGATIVE_INFINITY}));
      assertThat(ArrayBlocks.firstNotFinite(array, most)).hasValue(Double.NEGATIVE_INFINITY);
    }
  }

  @Test
  void narrowNumbersAreReadAsFp32() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray narrow = narrow(scope.floats(1.5f, -3, 0.1f), scope);
      assertThat(read(narrow, 0, 3, 2)).containsExactly(1.5f, -3f, 0.100097656f);
    }
  }

  @Test
  void numberWithoutAxesIsRead() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      assertThat(read(scope.floats(7).sum(), 0, 1, 5)).containsExactly(7f);
    }
  }

  @Test
  void nothingStaysWithTheArraysManager() {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      NDArray array = counted(scope, 12);
      NDArray narrow = narrow(array, scope);
      int before = scope.manager().getManagedArrays().size();
      read(array, 0, 12, 5);
      read(narrow, 0, 12, 5); // a copy, as of an array on a GPU
      ArrayBlocks.write(array, 0, FloatBuffer.allocate(12), 5);
      assertThat(scope.manager().getManagedArrays()).hasSize(before);
    }
  }

  private static NDArray narrow(NDArray array, Scope scope) {
    return TorchModule.load(scope, ArrayBlocksTest.class, "narrow.py", "Narrow", Map.of())
        .call(scope, "narrow", array);
  }

  private static NDArray counted(Scope scope, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return scope.floats(values);
  }

  private static List<Float> read(NDArray array, long from, long to, long most) {
    List<Float> all = new ArrayList<>();
    ArrayBlocks.read(
        array,
        from,
        to,
        most,
        block -> {
          assertThat((long) block.remaining()).isBetween(1L, most);
          while (block.hasRemaining()) {
            all.add(block.get());
          }
        });
    return all;
  }
}
