package org.r1zero.rollout.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.DecoderConfig;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Weights in files that worker processes map: all processes read the same memory. A file holds the
 * block of a {@link PolicySnapshot} and, at its end, the version of what is in it.
 */
final class FileWeights implements WeightStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileWeights.class);
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final String PREFIX = "r1zero-weights-";

  /** The version of what is not to be sampled with. */
  static final long UNFINISHED = -1;

  private final List<Path> files = new ArrayList<>();
  private final List<PolicySnapshot> snapshots = new ArrayList<>();
  private final int word;
  private final Thread deleteAtExit = new Thread(this::delete, "delete-weights");

  /**
   * Makes the files.
   *
   * @param folder where; shared memory keeps them off the disk
   * @throws IllegalArgumentException if there is not enough room
   */
  FileWeights(Path folder, PolicyModel policy, int slots) {
    this(folder, policy.config(), policy.computeType(), slots);
  }

  /** The same for weights that come from elsewhere. */
  FileWeights(Path folder, DecoderConfig config, ComputeType type, int slots) {
    long bytes = PolicySnapshot.bytes(config, type);
    this.word = type == ComputeType.FLOAT32 ? Float.BYTES : Short.BYTES;
    sweep(folder);
    requireRoom(folder, bytes * slots);
    Runtime.getRuntime().addShutdownHook(deleteAtExit);
    try {
      for (int i = 0; i < slots; i++) {
        Path file = Files.createTempFile(folder, PREFIX + ProcessHandle.current().pid() + "-", "");
        files.add(file);
        allocate(file, bytes);
        stamp(file, UNFINISHED); // zeros would be version 0
        snapshots.add(PolicySnapshot.mapped(file, config, type));
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("making a file for weights in " + folder + " failed", e);
    }
  }

  /** Shared memory where the machine has it, otherwise the folder for temporary files. */
  static Path defaultFolder() {
    return Files.isWritable(SHARED_MEMORY)
        ? SHARED_MEMORY
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** The same, where it has room for so much; otherwise the folder for temporary files. */
  static Path folderFor(long bytes) {
    Path folder = defaultFolder();
    try {
      return Files.getFileStore(folder).getUsableSpace() >= bytes
          ? folder
          : Path.of(System.getProperty("java.io.tmpdir"));
    } catch (IOException e) {
      return folder;
    }
  }

  static void requireRoom(Path folder, long bytes) {
    long room;
    try {
      room = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "rollouts.weights_folder must be a folder that can be written, was " + folder + ": " + e);
    }
    if (room < bytes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has room for %,d MB, the weights that worker processes share take %,d MB: free"
                  + " some (docker run --shm-size gives a container more), or set"
                  + " rollouts.weights_folder to a folder with room",
              folder,
              room >> 20,
              (bytes >> 20) + 1));
    }
  }

  /** Writes every byte, so that a full file system shows now and not as a crash later. */
  private static void allocate(Path file, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long at = 0; at < bytes + Long.BYTES; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes + Long.BYTES - at));
        at += channel.write(zeros, at);
      }
    }
  }

  /** Deletes what processes left that were killed. */
  private static void sweep(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(f -> f.getFileName().toString().startsWith(PREFIX)).toList()) {
        String[] parts = file.getFileName().toString().substring(PREFIX.length()).split("-", -1);
        if (parts[0].matches("\\d+") && ProcessHandle.of(Long.parseLong(parts[0])).isEmpty()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      LOG.debug("can't look for left files in {}", folder, e);
    }
  }

  List<Path> files() {
    return List.copyOf(files);
  }

  @Override
  public int slots() {
    return files.size();
  }

  @Override
  public void write(int slot, long version, PolicyModel policy) {
    stamp(files.get(slot), UNFINISHED);
    snapshots.get(slot).copyFrom(policy);
    stamp(files.get(slot), version);
  }

  /** What reads a slot. */
  PolicyModel policy(int slot) {
    return snapshots.get(slot).policy();
  }

  /** Whether a slot holds a version, whole. */
  boolean holds(int slot, long version) {
    return versionIn(files.get(slot)) == version;
  }

  /** What changes between the blocks of these weights. */
  WeightDelta delta() {
    return new WeightDelta(word);
  }

  /**
   * Fills a slot that nobody reads with a block from elsewhere; it holds no version until {@link
   * #accept}.
   *
   * @throws IOException if it can't be read, or has another length
   */
  void receive(int slot, InputStream in) throws IOException {
    Path file = files.get(slot);
    stamp(file, UNFINISHED);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long bytes = channel.size() - Long.BYTES;
      byte[] buffer = new byte[1 << 20];
      long at = 0;
      for (int got = in.read(buffer); got > 0; got = in.read(buffer)) {
        if (at + got > bytes) {
          throw new IOException("weights came damaged: they are longer than " + bytes + " bytes");
        }
        for (ByteBuffer part = ByteBuffer.wrap(buffer, 0, got); part.hasRemaining(); ) {
          at += channel.write(part, at);
        }
      }
      if (at != bytes) {
        throw new IOException(
            "weights came damaged: they have " + at + " bytes, expected " + bytes);
      }
    }
  }

  /** Fills a slot that nobody reads with the block of another one, which nobody writes. */
  void copy(int from, int to) throws IOException {
    stamp(files.get(to), UNFINISHED);
    long bytes = blockBytes(files.get(from));
    try (FileChannel source = FileChannel.open(files.get(from), StandardOpenOption.READ);
        FileChannel target = FileChannel.open(files.get(to), StandardOpenOption.WRITE)) {
      for (long at = 0; at < bytes; ) {
        at += source.transferTo(at, bytes - at, target);
      }
    }
  }

  /** Changes the block in a slot that nobody reads. */
  void change(int slot, InputStream changes) throws IOException {
    Path file = files.get(slot);
    stamp(file, UNFINISHED);
    delta().apply(changes, file, blockBytes(file));
  }

  /**
   * Makes the block in a slot that of a version.
   *
   * @throws IOException if it is not the block of that checksum
   */
  void accept(int slot, long version, long checksum) throws IOException {
    long found = accepted(slot, version, checksum);
    if (found != checksum) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "weights of version %d came damaged: their checksum is %08x, expected %08x",
              version,
              found,
              checksum));
    }
  }

  /**
   * The same where another block is no fault.
   *
   * @return the checksum of the block that is there
   */
  long accepted(int slot, long version, long checksum) throws IOException {
    long found = checksum(files.get(slot));
    if (found == checksum) {
      stamp(files.get(slot), version);
    }
    return found;
  }

  /** The CRC32C of the block in a file. */
  static long checksum(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (long left = blockBytes(file); left > 0; ) {
        int got = in.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
        if (got == 0) {
          throw new IOException(file + " became shorter while it was read");
        }
        crc.update(buffer, 0, got);
        left -= got;
      }
    }
    return crc.getValue();
  }

  /** The block in a slot, without what is behind it. */
  static long blockBytes(Path file) throws IOException {
    return Files.size(file) - Long.BYTES;
  }

  private static void stamp(Path file, long version) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(
          ByteBuffer.allocate(Long.BYTES).putLong(0, version), channel.size() - Long.BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file + " failed: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that a file holds the wanted version: a worker that samples with other weights than its
   * rollouts will say would spoil training without a sign.
   */
  static void requireVersion(Path file, long wanted) {
    long found = versionIn(file);
    if (found != wanted) {
      throw new IllegalStateException(
          file + " must hold weights of version " + wanted + ", had " + found);
    }
  }

  private static long versionIn(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer version = ByteBuffer.allocate(Long.BYTES);
      channel.read(version, channel.size() - Long.BYTES);
      return version.getLong(0);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file + " failed: " + e.getMessage(), e);
    }
  }

  private void delete() {
    for (Path file : files) {
      deleteQuietly(file);
    }
  }

  /** For workers whose parent is gone too: whoever comes first deletes. */
  static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("can't delete {}: {}", file, e.toString());
    }
  }

  @Override
  public void close() {
    snapshots.forEach(PolicySnapshot::close);
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(deleteAtExit);
    } catch (IllegalStateException e) {
      LOG.debug("the process is ending already", e);
    }
  }
}
