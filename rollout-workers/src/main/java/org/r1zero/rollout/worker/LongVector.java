package org.r1zero.rollout.worker;

import ai.djl.ndarray.NDArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.torch.Torch;

/** Several fp32 arrays in this machine's memory as one vector, in their order. */
final class LongVector {
  private final List<FloatBuffer> arrays = new ArrayList<>();
  private final long size;

  /**
   * Looks into arrays.
   *
   * @param arrays fp32, on a CPU, each of at most 2 GiB; they must outlive this
   */
  LongVector(List<NDArray> arrays) {
    long sum = 0;
    for (NDArray array : arrays) {
      this.arrays.add(Torch.bytes(array).asFloatBuffer());
      sum += array.size();
    }
    this.size = sum;
  }

  /** Numbers in all. */
  long size() {
    return size;
  }

  /** What happens to a stretch of an array and as many numbers of a buffer. */
  private interface Each {
    void apply(FloatBuffer stretch, float[] numbers, int from);
  }

  /** Copies numbers out, as many as there is room for. */
  void read(long from, float[] to, int count) {
    each(from, to, count, (stretch, numbers, at) -> stretch.get(numbers, at, stretch.remaining()));
  }

  /** Overwrites numbers. */
  void write(long from, float[] values, int count) {
    each(
        from,
        values,
        count,
        (stretch, numbers, at) -> stretch.put(numbers, at, stretch.remaining()));
  }

  /** Adds to numbers. */
  void add(long from, float[] values, int count) {
    float[] own = new float[count];
    read(from, own, count);
    for (int i = 0; i < count; i++) {
      own[i] += values[i];
    }
    write(from, own, count);
  }

  private void each(long from, float[] numbers, int count, Each what) {
    long start = 0;
    for (FloatBuffer array : arrays) {
      long end = start + array.capacity();
      long first = Math.max(from, start);
      long last = Math.min(from + count, end);
      if (first < last) {
        FloatBuffer stretch = array.slice((int) (first - start), (int) (last - first));
        what.apply(stretch, numbers, (int) (first - from));
      }
      start = end;
    }
  }
}
