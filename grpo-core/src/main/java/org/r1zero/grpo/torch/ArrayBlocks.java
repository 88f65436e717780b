package org.r1zero.grpo.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.OptionalDouble;

/**
 * Copies the numbers of an array to and from Java, a block at a time: DJL hands out no array above
 * 2 GiB, and of one on a GPU it leaves a copy in the array's own manager for as long as that lives.
 */
public final class ArrayBlocks {
  /** Numbers in one block: 64 MiB of fp32. */
  private static final long NUMBERS = 1 << 24;

  private ArrayBlocks() {}

  /**
   * Takes an array's numbers, block after block.
   *
   * @param <E> what it throws
   */
  @FunctionalInterface
  public interface Reader<E extends Exception> {
    /**
     * Takes the next numbers.
     *
     * @param block fp32; must not be used after this returns
     */
    void read(FloatBuffer block) throws E;
  }

  /**
   * Reads a whole array, row by row.
   *
   * @param array contiguous, of any floating-point type
   */
  public static <E extends Exception> void read(NDArray array, Reader<E> reader) throws E {
    read(array, 0, array.size(), reader);
  }

  /**
   * Reads a part of an array.
   *
   * @param array contiguous, of any floating-point type
   * @param from the first number, counted row by row
   * @param to the number after the last
   */
  public static <E extends Exception> void read(NDArray array, long from, long to, Reader<E> reader)
      throws E {
    read(array, from, to, NUMBERS, reader);
  }

  /** The first number, row by row, that is NaN or infinite; empty where all are finite. */
  public static OptionalDouble firstNotFinite(NDArray array) {
    return firstNotFinite(array, NUMBERS);
  }

  static OptionalDouble firstNotFinite(NDArray array, long most) {
    double[] first = {0}; // finite: none found yet
    read(
        array,
        0,
        array.size(),
        most,
        block -> {
          while (Double.isFinite(first[0]) && block.hasRemaining()) {
            first[0] = block.get();
          }
        });
    return Double.isFinite(first[0]) ? OptionalDouble.empty() : OptionalDouble.of(first[0]);
  }

  static <E extends Exception> void read(
      NDArray array, long from, long to, long most, Reader<E> reader) throws E {
    for (long at = from; at < to; at += most) {
      try (NDManager own = array.getManager().newSubManager()) {
        NDArray part =
            part(array, at, Math.min(to, at + most), own).toType(DataType.FLOAT32, false);
        part.attach(own);
        reader.read(part.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer());
      }
    }
  }

  /**
   * Overwrites a part of an array in place.
   *
   * @param target fp32, contiguous
   * @param from the first number to overwrite, counted row by row
   * @param values what to write, all of it
   */
  public static void write(NDArray target, long from, FloatBuffer values) {
    write(target, from, values, NUMBERS);
  }

  static void write(NDArray target, long from, FloatBuffer values, long most) {
    Torch.prepareThread();
    for (int at = values.position(); at < values.limit(); at += (int) most) {
      int count = (int) Math.min(most, values.limit() - at);
      long start = from + at - values.position();
      try (NDManager own = target.getManager().newSubManager()) {
        part(target, start, start + count, own)
            .set(new NDIndex(":"), own.create(values.slice(at, count), new Shape(count)));
      }
    }
  }

  /** A view of some numbers. */
  private static NDArray part(NDArray array, long from, long to, NDManager own) {
    NDArray flat = array.reshape(array.size());
    flat.attach(own);
    NDArray part = flat.get(new NDIndex("{}:{}", from, to));
    part.attach(own);
    return part;
  }
}
