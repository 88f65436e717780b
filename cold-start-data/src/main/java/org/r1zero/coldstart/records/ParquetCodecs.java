package org.r1zero.coldstart.records;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.brotli.dec.BrotliInputStream;
import org.r1zero.verify.records.DataLimit;
import org.xerial.snappy.Snappy;

/**
 * Unpacks the pages of Parquet files in every codec of the format but LZO. parquet-java looks some
 * of them up in Hadoop, which is not here.
 */
final class ParquetCodecs implements CompressionCodecFactory {
  /** What its messages of damaged pages begin with. */
  static final String PAGE = "a page in codec ";

  private static final int LZ4_FRAME = 0x04224d18;
  private final DataLimit limit;

  ParquetCodecs(DataLimit limit) {
    this.limit = limit;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new Pages(codec);
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("only for reading");
  }

  @Override
  public void release() {}

  private final class Pages implements BytesInputDecompressor {
    private final CompressionCodecName codec;

    Pages(CompressionCodecName codec) {
      this.codec = codec;
    }

    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      try (InputStream in = packed.toInputStream()) {
        return BytesInput.from(unpack(in.readAllBytes(), size));
      }
    }

    @Override
    public void decompress(ByteBuffer input, int packedSize, ByteBuffer output, int size)
        throws IOException {
      byte[] packed = new byte[packedSize];
      input.get(packed);
      output.put(unpack(packed, size));
    }

    /** The size is what the file states: it is held against the limit before memory is taken. */
    private byte[] unpack(byte[] packed, int size) throws IOException {
      limit.add(Math.max(0, size));
      try (InputStream in = open(packed)) {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length != size || in.read() >= 0) {
          throw new IOException(
              PAGE + name() + " does not have the " + size + " bytes that it states");
        }
        return bytes;
      } catch (RuntimeException e) {
        throw new IOException(PAGE + name() + " is damaged: " + e.getMessage(), e);
      }
    }

    private String name() {
      return codec.name().toLowerCase(Locale.ROOT);
    }

    private InputStream open(byte[] packed) throws IOException {
      InputStream in = new ByteArrayInputStream(packed);
      return switch (codec) {
        case UNCOMPRESSED -> in;
        case SNAPPY -> new ByteArrayInputStream(snappy(packed));
        case GZIP -> new GZIPInputStream(in);
        case ZSTD -> new ZstdInputStream(in);
        case BROTLI -> new BrotliInputStream(in);
        case LZ4_RAW -> new BlockLZ4CompressorInputStream(in);
        case LZ4 -> new ByteArrayInputStream(lz4(packed));
        case LZO ->
            throw new IOException(
                "codec lzo is not read; write the file in zstd, snappy, gzip, lz4 or brotli");
      };
    }

    private byte[] snappy(byte[] packed) throws IOException {
      limit.add(0L + Snappy.uncompressedLength(packed));
      return Snappy.uncompress(packed);
    }

    /**
     * The older LZ4 of the format says nothing of its framing: Hadoop writes blocks after their two
     * sizes (big-endian), other writers have used LZ4's own frames, or a block alone.
     */
    private byte[] lz4(byte[] packed) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(packed);
      if (packed.length >= 4 && buffer.getInt(0) == LZ4_FRAME) {
        return all(new FramedLZ4CompressorInputStream(new ByteArrayInputStream(packed)));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      while (buffer.remaining() >= 8) {
        int size = buffer.getInt();
        int length = buffer.getInt();
        if (size < 0 || length < 0 || length > buffer.remaining()) {
          return all(new BlockLZ4CompressorInputStream(new ByteArrayInputStream(packed)));
        }
        byte[] block = new byte[length];
        buffer.get(block);
        out.write(all(new BlockLZ4CompressorInputStream(new ByteArrayInputStream(block))));
      }
      return out.toByteArray();
    }

    private byte[] all(InputStream in) throws IOException {
      try (in) {
        byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 16, limit.recordBytes()));
        if (in.read() >= 0) {
          throw new IOException("a page in codec lz4 is too large");
        }
        return bytes;
      }
    }

    @Override
    public void release() {}
  }
}
