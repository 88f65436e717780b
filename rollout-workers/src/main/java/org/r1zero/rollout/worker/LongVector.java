package org.r1zero.rollout.worker;

import ai.djl.ndarray.NDArray;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.r1zero.grpo.torch.Torch;

/** Several fp32 arrays in this machine's memory as one vector, in their order. */
final class LongVector {
  /** Numbers that are sent at once. */
  static final int PIECE = 1 << 16;

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

  /**
   * Writes numbers as they lie in memory, little-endian, a piece at a time.
   *
   * @param sent is told of each piece how many numbers it has
   */
  void send(long from, long to, OutputStream out, IntConsumer sent) throws IOException {
    float[] numbers = new float[PIECE];
    ByteBuffer bytes = ByteBuffer.allocate(PIECE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = from; at < to; at += PIECE) {
      int count = (int) Math.min(PIECE, to - at);
      read(at, numbers, count);
      bytes.asFloatBuffer().put(numbers, 0, count);
      out.write(bytes.array(), 0, count * Float.BYTES);
      sent.accept(count);
    }
  }

  /** What to do with numbers that come, and their place. */
  interface Taker {
    void take(long from, float[] numbers, int count);
  }

  /**
   * Reads what {@link #send} writes.
   *
   * @throws EOFException if that ends before all is there
   */
  static void receive(long from, long to, InputStream in, Taker taker) throws IOException {
    float[] numbers = new float[PIECE];
    ByteBuffer bytes = ByteBuffer.allocate(PIECE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = from; at < to; at += PIECE) {
      int count = (int) Math.min(PIECE, to - at);
      if (in.readNBytes(bytes.array(), 0, count * Float.BYTES) < count * Float.BYTES) {
        throw new EOFException("numbers are missing from place " + at + " on");
      }
      bytes.asFloatBuffer().get(numbers, 0, count);
      taker.take(at, numbers, count);
    }
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
