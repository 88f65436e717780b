package org.r1zero.grpo.model.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One safetensors file, its header checked, its tensors read on demand.
 *
 * <p>The format: eight bytes of header length (little-endian), a JSON header of that length, then
 * the tensors' bytes.
 */
public final class SafetensorsFile {
  private static final long MAX_HEADER = 100_000_000;
  private static final String LFS = "version https://git-lfs";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Map<String, Entry> entries;

  /**
   * A tensor.
   *
   * @param type {@code null} where it is of a type that is not read
   * @param dtype its type as the file names it
   */
  private record Entry(
      @Nullable TensorType type, String dtype, long[] shape, long start, long end) {
    long count() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
  }

  private SafetensorsFile(Path path, Map<String, Entry> entries) {
    this.path = path;
    this.entries = entries;
  }

  /**
   * Opens a file and checks its header against its size.
   *
   * @throws ModelFileException if it is none, or truncated
   */
  public static SafetensorsFile open(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < 8) {
        throw new ModelFileException(
            path, "is truncated: a safetensors file has at least 8 bytes, this has " + size);
      }
      long headerSize = bytes(channel, 0, 8).getLong();
      if (headerSize < 2 || headerSize > MAX_HEADER || headerSize > size - 8) {
        throw new ModelFileException(
            path,
            isPointer(channel, size)
                ? "is Git LFS's pointer to the file, not the file; run git lfs pull in its folder"
                : String.format(
                    "is truncated or not a safetensors file: it states a header of %s bytes in a"
                        + " file of %s",
                    headerSize, size));
      }
      byte[] header = new byte[(int) headerSize];
      bytes(channel, 8, header.length).get(header);
      return new SafetensorsFile(path, parse(path, header, 8 + headerSize, size));
    } catch (IOException e) {
      throw new ModelFileException(path, "can't be read: " + e, e);
    }
  }

  /** What a clone holds where Git LFS is not installed. */
  private static boolean isPointer(FileChannel channel, long size) throws IOException {
    if (size < LFS.length()) {
      return false;
    }
    byte[] start = new byte[LFS.length()];
    bytes(channel, 0, start.length).get(start);
    return LFS.equals(new String(start, StandardCharsets.US_ASCII));
  }

  private static Map<String, Entry> parse(Path path, byte[] header, long base, long size) {
    JsonNode root;
    try {
      root = JSON.readTree(header);
    } catch (JsonProcessingException e) {
      throw new ModelFileException(
          path, "has a header that is not valid JSON: " + ModelFileException.why(e), e);
    } catch (IOException e) {
      throw new ModelFileException(path, "has a header that can't be read: " + e, e);
    }
    if (!root.isObject()) {
      throw new ModelFileException(path, "has a header that is not a JSON object");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!field.getKey().equals("__metadata__")) {
        entries.put(field.getKey(), entry(path, field.getKey(), field.getValue(), base, size));
      }
    }
    return entries;
  }

  private static Entry entry(Path path, String name, JsonNode node, long base, long size) {
    String dtype = node.path("dtype").asText();
    TensorType type =
        Arrays.stream(TensorType.values())
            .filter(t -> t.name().equals(dtype))
            .findFirst()
            .orElse(null);
    JsonNode offsets = node.path("data_offsets");
    JsonNode shapeNode = node.path("shape");
    if (!offsets.isArray() || offsets.size() != 2 || !shapeNode.isArray()) {
      throw new ModelFileException(path, name + " lacks its shape or data_offsets");
    }
    long[] shape = new long[shapeNode.size()];
    Arrays.setAll(shape, i -> shapeNode.get(i).asLong(-1));
    long start = offsets.get(0).asLong(-1);
    long end = offsets.get(1).asLong(-1);
    if (start < 0 || end < start || Arrays.stream(shape).anyMatch(d -> d < 0)) {
      throw new ModelFileException(
          path, name + " has data_offsets " + offsets + " and shape " + shapeNode);
    }
    if (type != null && byteCount(shape, type) != end - start) {
      throw new ModelFileException(
          path,
          String.format(
              "%s of shape %s and dtype %s can't have %s bytes",
              name, shapeNode, dtype, end - start));
    }
    if (end > size - base) {
      throw new ModelFileException(
          path,
          String.format(
              "is truncated: %s ends at byte %s of the tensors, the file has %s after its header",
              name, end, size - base));
    }
    return new Entry(type, dtype, shape, base + start, base + end);
  }

  /** The bytes that a tensor takes; -1, which no tensor has, where a long can't hold them. */
  private static long byteCount(long[] shape, TensorType type) {
    try {
      return Arrays.stream(shape).reduce(type.bytes(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  Path path() {
    return path;
  }

  /** Its tensors. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** A tensor's shape, {@code null} where this file has none of that name. */
  public long @Nullable [] shape(String name) {
    Entry entry = entries.get(name);
    return entry == null ? null : entry.shape().clone();
  }

  /** The values of a tensor that this file has, in fp32, row by row. */
  public FloatBuffer read(String name) {
    Entry entry = entry(name);
    return read(name, 0, Math.toIntExact(entry.count()));
  }

  /**
   * Refuses a tensor whose type is not read.
   *
   * @throws ModelFileException naming the type
   */
  void requireReadable(String name) {
    type(name, entry(name));
  }

  /** Whether a tensor has the same values as one of {@code other}, of the same shape. */
  boolean sameValues(String name, SafetensorsFile other, String otherName) {
    long count = entry(name).count();
    int step = 1 << 22;
    for (long at = 0; at < count; at += step) {
      int length = (int) Math.min(step, count - at);
      FloatBuffer mine = read(name, at, length);
      FloatBuffer others = other.read(otherName, at, length);
      for (int i = 0; i < length; i++) {
        if (mine.get(i) != others.get(i)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Some values of a tensor that this file has, in fp32.
   *
   * @param from the first, counted row by row
   * @param count how many
   */
  public FloatBuffer read(String name, long from, int count) {
    Entry entry = entry(name);
    TensorType type = type(name, entry);
    FloatBuffer out = FloatBuffer.allocate(count);
    int step = 1 << 24;
    long end = entry.start() + (from + count) * type.bytes();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      for (long at = entry.start() + from * type.bytes(); at < end; at += step) {
        type.decode(bytes(channel, at, (int) Math.min(step, end - at)), out);
      }
    } catch (IOException e) {
      throw new ModelFileException(path, "can't be read: " + e, e);
    }
    return out.flip();
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new ModelFileException(path, "has no tensor " + name);
    }
    return entry;
  }

  private TensorType type(String name, Entry entry) {
    if (entry.type() == null) {
      throw new ModelFileException(
          path, name + " has dtype '" + entry.dtype() + "'; F64, F32, F16 and BF16 are read");
    }
    return entry.type();
  }

  private static ByteBuffer bytes(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("the file ended at byte " + (position + buffer.position()));
      }
    }
    return buffer.flip();
  }
}
