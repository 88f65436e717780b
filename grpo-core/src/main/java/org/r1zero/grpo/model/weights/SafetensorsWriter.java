package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/** Writes one safetensors file, a tensor at a time, in the order that was announced. */
public final class SafetensorsWriter implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final WritableByteChannel channel;
  private final TensorType type;

  /**
   * Writes the header.
   *
   * @param shapes of all tensors, in the order in which they will be written
   */
  SafetensorsWriter(Path path, TensorType type, Map<String, long[]> shapes) throws IOException {
    this(
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING),
        type,
        shapes);
  }

  /**
   * Writes the header.
   *
   * @param channel is closed with this
   * @param shapes of all tensors, in the order in which they will be written
   */
  public SafetensorsWriter(WritableByteChannel channel, TensorType type, Map<String, long[]> shapes)
      throws IOException {
    this.channel = channel;
    this.type = type;
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
      ObjectNode node = header.putObject(tensor.getKey());
      node.put("dtype", type.name());
      Arrays.stream(tensor.getValue()).forEach(node.putArray("shape")::add);
      long end = offset + bytes(tensor.getValue(), type);
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(header);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    ByteBuffer start = ByteBuffer.allocate(8 + padded.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(padded.length).put(padded).flip();
    writeFully(start);
  }

  static long bytes(long[] shape, TensorType type) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact) * type.bytes();
  }

  /** Appends the next tensor, or the next part of one, from fp32. */
  public void write(FloatBuffer values) throws IOException {
    int step = 1 << 22;
    FloatBuffer rest = values.duplicate();
    while (rest.hasRemaining()) {
      int count = Math.min(step, rest.remaining());
      ByteBuffer bytes = ByteBuffer.allocate(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
      type.encode(rest.slice(rest.position(), count), bytes);
      rest.position(rest.position() + count);
      writeFully(bytes.flip());
    }
  }

  private void writeFully(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Closes the file; one that this writer opened is forced to the disk first. */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (channel instanceof FileChannel file) {
        file.force(true);
      }
    }
  }
}
