package org.r1zero.experiment.metrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file: TFRecords (length, masked CRC-32C, data, masked CRC-32C; all little
 * endian) of {@code tensorflow.Event} messages with scalars and texts. Each call appends whole
 * records, so TensorBoard may read while a run goes on; a resumed run starts another file, which
 * TensorBoard joins by step.
 */
public final class TensorBoardFile {
  private static final int MASK_DELTA = 0xa282ead8;
  private static final int DT_STRING = 7;
  private static final int DATA_CLASS_TENSOR = 2;
  private final Path file;

  private TensorBoardFile(Path file) {
    this.file = file;
  }

  /** Starts a file in a run's folder, named as TensorBoard expects. */
  public static TensorBoardFile create(Path folder) {
    long now = Instant.now().getEpochSecond();
    TensorBoardFile events = null;
    for (int i = 0; events == null; i++) {
      Path file = folder.resolve("events.out.tfevents." + now + "." + i + ".r1zero");
      events = Files.exists(file) ? null : new TensorBoardFile(file);
    }
    Message version = new Message().fixed64(1, Double.doubleToLongBits((double) now));
    events.append(version.text(3, "brain.Event:2"));
    return events;
  }

  /** Appends the numbers of a step; those that are not numbers are left out. */
  public void scalars(long step, Map<String, Double> values) {
    Message summary = new Message();
    values.forEach(
        (tag, value) -> {
          if (Double.isFinite(value)) {
            Message one = new Message().text(1, tag);
            summary.message(1, one.fixed32(2, Float.floatToIntBits(value.floatValue())));
          }
        });
    append(step, summary);
  }

  /**
   * Appends texts of a step, shown one below the other by its plug-in for texts.
   *
   * @param entries as Markdown
   */
  public void texts(long step, String tag, List<String> entries) {
    Message plugin = new Message().text(1, "text");
    Message metadata = new Message().message(1, plugin).varint(4, DATA_CLASS_TENSOR);
    Message shape = new Message().message(2, new Message().varint(1, entries.size()));
    Message tensor = new Message().varint(1, DT_STRING).message(2, shape);
    entries.forEach(entry -> tensor.text(8, entry));
    Message value = new Message().text(1, tag).message(8, tensor).message(9, metadata);
    append(step, new Message().message(1, value));
  }

  private void append(long step, Message summary) {
    double seconds = Instant.now().toEpochMilli() / 1e3;
    Message event = new Message().fixed64(1, Double.doubleToLongBits(seconds));
    append(event.varint(2, step).message(5, summary));
  }

  private void append(Message event) {
    byte[] data = event.bytes();
    ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(masked(record.array(), 0, 8));
    record.put(data).putInt(masked(data, 0, data.length));
    try {
      Files.write(file, record.array(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  private static int masked(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  /** A protocol buffer message in the making. */
  private static final class Message {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
      return out.toByteArray();
    }

    Message varint(int field, long value) {
      raw((long) field << 3);
      return raw(value);
    }

    Message fixed64(int field, long bits) {
      raw(((long) field << 3) | 1);
      out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bits).array());
      return this;
    }

    Message fixed32(int field, int bits) {
      raw(((long) field << 3) | 5);
      out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bits).array());
      return this;
    }

    Message text(int field, String value) {
      return data(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return data(field, value.bytes());
    }

    private Message data(int field, byte[] value) {
      raw(((long) field << 3) | 2);
      raw(value.length);
      out.writeBytes(value);
      return this;
    }

    private Message raw(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        out.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      out.write((int) rest);
      return this;
    }
  }
}
