package org.r1zero.rollout.worker;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What is different between two blocks of weights, without loss. In bf16 an update with a small
 * learning rate leaves most numbers as they were, and moves the others to a neighbour.
 *
 * <p>For each number that changed, in their order: how many before it did not, and the difference
 * of the two bit patterns as whole numbers, small ones in few bytes (LEB128, the sign in the lowest
 * bit); all of it deflated. Ends with a count of those that follow the last change.
 *
 * @param word bytes of a number, 2 or 4
 */
record WeightDelta(int word) {
  private static final int WINDOW = 64 << 20;

  /**
   * Writes a delta.
   *
   * @param bytes of each block, a multiple of 8
   * @param limit of the delta's size in bytes
   * @return its size; -1 where it would be larger than the limit
   */
  long write(Path before, Path after, long bytes, Path delta, long limit) throws IOException {
    Deflater fast = new Deflater(Deflater.BEST_SPEED);
    try (FileChannel old = FileChannel.open(before, StandardOpenOption.READ);
        FileChannel now = FileChannel.open(after, StandardOpenOption.READ);
        OutputStream file = new BufferedOutputStream(Files.newOutputStream(delta), 1 << 20);
        Counted counted = new Counted(file);
        OutputStream out =
            new BufferedOutputStream(new DeflaterOutputStream(counted, fast, 1 << 16), 1 << 16)) {
      long same = 0;
      for (long at = 0; at < bytes; at += WINDOW) {
        long size = Math.min(WINDOW, bytes - at);
        ByteBuffer first = map(old, FileChannel.MapMode.READ_ONLY, at, size);
        ByteBuffer second = map(now, FileChannel.MapMode.READ_ONLY, at, size);
        for (int i = 0; i < size; i += Long.BYTES) {
          if (first.getLong(i) == second.getLong(i)) {
            same += Long.BYTES / word;
            continue;
          }
          for (int w = i; w < i + Long.BYTES; w += word) {
            long difference = get(second, w) - get(first, w);
            if (difference == 0) {
              same++;
            } else {
              put(out, same);
              put(out, (difference << 1) ^ (difference >> 63));
              same = 0;
            }
          }
        }
        if (counted.count > limit) {
          return -1;
        }
      }
      put(out, same);
    } finally {
      fast.end();
    }
    long size = Files.size(delta);
    return size > limit ? -1 : size;
  }

  /**
   * Makes the block after of the block before.
   *
   * @param file that holds the block before
   * @param bytes of the block
   * @throws IOException if it is not a delta of blocks of this size
   */
  void apply(InputStream delta, Path file, long bytes) throws IOException {
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        InputStream in = new BufferedInputStream(new InflaterInputStream(delta), 1 << 16)) {
      long words = bytes / word;
      long at = get(in);
      long windowStart = 0;
      ByteBuffer window = null;
      while (at < words) {
        long position = at * word;
        if (window == null || position >= windowStart + window.capacity()) {
          windowStart = position / WINDOW * WINDOW;
          window =
              map(
                  channel,
                  FileChannel.MapMode.READ_WRITE,
                  windowStart,
                  Math.min(WINDOW, bytes - windowStart));
        }
        long zigzag = get(in);
        long difference = (zigzag >>> 1) ^ -(zigzag & 1);
        set(window, (int) (position - windowStart), difference);
        at += 1 + get(in);
      }
      if (at != words) {
        throw new IOException("a delta of weights ends at " + at + " of " + words + " numbers");
      }
    }
  }

  private static ByteBuffer map(FileChannel file, FileChannel.MapMode mode, long at, long size)
      throws IOException {
    return file.map(mode, at, size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private long get(ByteBuffer block, int at) {
    return word == Short.BYTES ? block.getShort(at) : block.getInt(at);
  }

  private void set(ByteBuffer block, int at, long difference) {
    if (word == Short.BYTES) {
      block.putShort(at, (short) (block.getShort(at) + difference));
    } else {
      block.putInt(at, (int) (block.getInt(at) + difference));
    }
  }

  private static void put(OutputStream out, long value) throws IOException {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) (left & 0x7f) | 0x80);
      left >>>= 7;
    }
    out.write((int) left);
  }

  private static long get(InputStream in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("a delta of weights is cut off");
      }
      value |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IOException("a delta of weights is damaged");
  }

  /** Counts what passes through. */
  private static final class Counted extends OutputStream {
    private final OutputStream out;
    private long count;

    Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      count += length;
    }
  }
}
