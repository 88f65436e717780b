package org.r1zero.verify.code;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.InflaterInputStream;
import org.r1zero.verify.Problem;

/**
 * LiveCodeBench's tests. {@code public_test_cases} and {@code private_test_cases} are texts of
 * JSON: lists of {@code input}, {@code output} and {@code testtype}. The private ones may instead
 * be such a text pickled by Python, deflated (zlib) and in base64, as its newer files have them.
 * The method under test is {@code func_name} in the JSON text {@code metadata}.
 */
final class LiveCodeBenchTests {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Bytes of a problem's tests, unpacked. */
  private static final int MOST = 1 << 28;

  private LiveCodeBenchTests() {}

  /**
   * All tests of a problem, unless it has none of this form.
   *
   * @throws IllegalArgumentException if they can't be read
   */
  static Optional<ArrayNode> of(Problem problem) {
    if (!isForm(problem)) {
      return Optional.empty();
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    add(problem, "public_test_cases", all);
    if (problem.field("private_test_cases").isTextual()) {
      add(problem, "private_test_cases", all);
    }
    return Optional.of(all);
  }

  /** Whether a problem has tests of this form. */
  static boolean isForm(Problem problem) {
    return problem.field("public_test_cases").isTextual();
  }

  /**
   * The method under test; none where programs read standard input.
   *
   * @throws IllegalArgumentException if it can't be read which
   */
  static Optional<String> entryPoint(Problem problem) {
    if (!isForm(problem)) {
      return Optional.empty();
    }
    JsonNode metadata = problem.field("metadata");
    try {
      JsonNode name =
          (metadata.isTextual() ? JSON.readTree(metadata.textValue()) : metadata).path("func_name");
      return name.isTextual() ? Optional.of(name.textValue()) : Optional.empty();
    } catch (JsonProcessingException e) {
      throw problem.fault("metadata is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static void add(Problem problem, String field, ArrayNode all) {
    String text = problem.field(field).textValue();
    try {
      JsonNode tests = JSON.readTree(text.stripLeading().startsWith("[") ? text : unpacked(text));
      if (!tests.isArray()) {
        throw new IOException("it is no list");
      }
      tests.forEach(all::add);
    } catch (IOException | IllegalArgumentException e) {
      throw problem.fault(field + " can't be read: " + e.getMessage(), e);
    }
  }

  private static String unpacked(String text) throws IOException {
    byte[] packed = Base64.getDecoder().decode(text.strip());
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      byte[] bytes = in.readNBytes(MOST + 1);
      if (bytes.length > MOST) {
        throw new IOException("it is more than " + MOST + " bytes");
      }
      return pickled(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
  }

  /** The text that a pickle is of. One of anything else is refused: nothing in it is ever run. */
  private static String pickled(ByteBuffer in) throws IOException {
    String text = "";
    while (in.hasRemaining()) {
      int code = in.get() & 0xff;
      switch (code) {
        case 0x80, 'q' -> skip(in, 1); // the protocol; a number in the memo
        case 'r' -> skip(in, 4);
        case 0x95 -> skip(in, 8); // a frame, with its length
        case 0x94 -> skip(in, 0);
        case 0x8c -> text = text(in, in.hasRemaining() ? in.get() & 0xff : -1);
        case 'X' -> text = text(in, in.remaining() >= 4 ? in.getInt() & 0xffffffffL : -1);
        case 0x8d -> text = text(in, in.remaining() >= 8 ? in.getLong() : -1);
        case '.' -> {
          return text;
        }
        default -> throw new IOException("it is no pickled text (" + code + ")");
      }
    }
    throw new IOException("it is cut off");
  }

  private static void skip(ByteBuffer in, int bytes) throws IOException {
    if (in.remaining() < bytes) {
      throw new IOException("it is cut off");
    }
    in.position(in.position() + bytes);
  }

  private static String text(ByteBuffer in, long length) throws IOException {
    if (length < 0 || length > in.remaining()) {
      throw new IOException("it is cut off");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
