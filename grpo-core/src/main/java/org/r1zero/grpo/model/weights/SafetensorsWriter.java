package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;

/** Writes one safetensors file, a tensor at a time, in the order that was announced. */
final class SafetensorsWriter implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final FileChannel channel;
  private final TensorType type;

  /**
   * Writes the header.
   *
   * @param shapes of all tensors, in the order in which they will be written
   */
  SafetensorsWriter(Path path, TensorType type, Map<String, long[]> shapes) throws IOException {
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
    this.channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    writeFully(start);
  }

  static long bytes(long[] shape, TensorType type) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact) * type.bytes();
  }

  /** Appends the next tensor. */
  void write(FloatBuffer values) throws IOException {
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

  /** Forces all to the disk. */
  @Override
  public void close() throws IOException {
    try (channel) {
      channel.force(true);
    }
  }
}
