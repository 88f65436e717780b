package org.r1zero.grpo.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript archives, so that kernels can be kept as source and need no Python.
 *
 * <p>An archive is a stored zip: {@code code/__torch__.py} in the dialect that libtorch serialises
 * to, {@code data.pkl} with the pickled module object and its attributes, and two fixed entries.
 */
final class TorchScriptArchive {

  private TorchScriptArchive() {}

  /**
   * Packs one module.
   *
   * @param className the class in {@code source}, such as {@code Decoder}
   * @param source its code
   * @param attributes values of the attributes that the class declares: Long, Double or Boolean
   */
  static byte[] pack(String className, String source, Map<String, Object> attributes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "data.pkl", pickle(className, attributes));
      put(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      put(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      put(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /** Pickle protocol 2: an object of {@code __torch__.className} with its state as a dict. */
  private static byte[] pickle(String className, Map<String, Object> attributes)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x80, 2});
    out.write(("c__torch__\n" + className + "\n").getBytes(StandardCharsets.US_ASCII));
    out.write(new byte[] {')', (byte) 0x81, '}', '('});
    writeEntry(out, "training", false);
    for (Map.Entry<String, Object> entry : attributes.entrySet()) {
      writeEntry(out, entry.getKey(), entry.getValue());
    }
    out.write(new byte[] {'u', 'b', '.'});
    return out.toByteArray();
  }

  private static void writeEntry(ByteArrayOutputStream out, String name, Object value)
      throws IOException {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.write(littleEndian(key.length));
    out.write(key);
    if (value instanceof Boolean flag) {
      out.write(flag ? 0x88 : 0x89);
    } else if (value instanceof Long number) {
      out.write('J');
      out.write(littleEndian(Math.toIntExact(number)));
    } else if (value instanceof Double number) {
      out.write('G');
      out.write(ByteBuffer.allocate(8).putDouble(number).array());
    } else {
      throw new IllegalArgumentException(
          "attribute " + name + " must be Boolean, Long or Double, was " + value.getClass());
    }
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).putInt(Integer.reverseBytes(value)).array();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry("r1zero/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
