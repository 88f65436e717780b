package org.r1zero.grpo.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.r1zero.grpo.files.Hashes;

/** A file that is hashed while it is written. */
final class HashingFile implements WritableByteChannel {
  private final WritableByteChannel target;
  private final MessageDigest digest = Hashes.digest();
  private long size;

  HashingFile(WritableByteChannel target) {
    this.target = target;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    ByteBuffer written = bytes.duplicate();
    int count = target.write(bytes);
    written.limit(written.position() + count);
    digest.update(written);
    size += count;
    return count;
  }

  long size() {
    return size;
  }

  /** The hash of all that was written; once. */
  String hash() {
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public boolean isOpen() {
    return target.isOpen();
  }

  @Override
  public void close() throws IOException {
    target.close();
  }
}
