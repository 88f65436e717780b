package org.r1zero.grpo.checkpoint;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.r1zero.grpo.model.weights.SafetensorsWriter;
import org.r1zero.grpo.model.weights.TensorType;
import org.r1zero.grpo.torch.ArrayBlocks;

/**
 * A folder of checkpoints, {@code step-000012} and so on, each whole or not there.
 *
 * <p>A checkpoint is written to a folder of another name, hashed on the way, forced to the disk,
 * and then renamed; older ones are deleted only after that. Whatever stops the process, or fills
 * the disk, the earlier checkpoint stays.
 */
public final class CheckpointStore {
  private static final Pattern NAME = Pattern.compile("step-(\\d{6,18})");
  private static final String PARTIAL = ".partial";
  private static final String OLD = ".old";
  private static final String DAMAGED = ".damaged";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final int limit;
  private final Disk disk;

  /**
   * Sets where checkpoints are; nothing is touched yet.
   *
   * @param folder is made when the first is saved
   * @param limit how many of the newest are kept, at least 1
   */
  public CheckpointStore(Path folder, int limit) {
    this(folder, limit, new Disk());
  }

  CheckpointStore(Path folder, int limit, Disk disk) {
    if (limit < 1) {
      throw new IllegalArgumentException("at least 1 checkpoint must be kept, was " + limit);
    }
    this.folder = folder;
    this.limit = limit;
    this.disk = disk;
  }

  /** The folder's name of a checkpoint. */
  static String name(long step) {
    return String.format(Locale.ROOT, "step-%06d", step);
  }

  /** Where a step's checkpoint is, or would be. */
  public Path path(long step) {
    return folder.resolve(name(step));
  }

  /**
   * Saves a state; once this returns it is on the disk. One of the same step is replaced.
   *
   * @param keep steps that are kept however old they are, such as the best
   * @throws CheckpointException if that fails, as on a full disk; the earlier ones are untouched
   */
  public Path save(TrainingState state, Set<Long> keep) {
    Path target = path(state.step());
    Path partial = folder.resolve(target.getFileName() + PARTIAL);
    try {
      Files.createDirectories(folder);
      disk.delete(partial);
      Files.createDirectory(partial);
      write(state, partial);
      moveAside(target, OLD);
      disk.rename(partial, target);
      disk.force(folder);
    } catch (IOException e) {
      throw failure(state, partial, e);
    }
    try {
      deleteOld(keep);
    } catch (IOException e) {
      throw new CheckpointException(
          target + " was saved, but an older one can't be deleted: " + e, e);
    }
    return target;
  }

  private void write(TrainingState state, Path partial) throws IOException {
    ObjectNode manifest = JSON.createObjectNode();
    manifest.put("format", 1);
    manifest.put("step", state.step());
    manifest.put("created", Instant.now().toString());
    ObjectNode files = manifest.putObject("files");
    Map<String, long[]> shapes = new LinkedHashMap<>();
    state.tensors().forEach((name, array) -> shapes.put(name, array.getShape().getShape()));
    Path tensors = partial.resolve(Checkpoint.TENSORS);
    try (HashingFile file = new HashingFile(disk.create(tensors));
        SafetensorsWriter writer = new SafetensorsWriter(file, TensorType.F32, shapes)) {
      for (NDArray array : state.tensors().values()) {
        ArrayBlocks.read(array, writer::write);
      }
      note(files.putObject(Checkpoint.TENSORS), file);
    }
    Path values = partial.resolve(Checkpoint.VALUES);
    try (HashingFile file = new HashingFile(disk.create(values))) {
      writeFully(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(state.values()));
      note(files.putObject(Checkpoint.VALUES), file);
    }
    Path last = partial.resolve(Checkpoint.MANIFEST);
    try (WritableByteChannel file = disk.create(last)) {
      writeFully(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
    }
    for (Path file : List.of(tensors, values, last, partial)) {
      disk.force(file);
    }
  }

  private static void note(ObjectNode node, HashingFile file) {
    node.put("bytes", file.size());
    node.put("sha256", file.hash());
  }

  private static void writeFully(WritableByteChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private CheckpointException failure(TrainingState state, Path partial, IOException cause) {
    long bytes = state.tensors().values().stream().mapToLong(array -> 4 * array.size()).sum();
    String free = "";
    try {
      disk.delete(partial);
      free = ", of which " + Files.getFileStore(folder).getUsableSpace() + " are free";
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    List<Long> left = steps();
    String rest =
        left.isEmpty()
            ? "there is no earlier one"
            : "the one of step " + left.get(left.size() - 1) + " is untouched";
    return new CheckpointException(
        String.format(
            Locale.ROOT,
            "the checkpoint of step %d can't be written to %s: %s (it needs %d bytes%s); %s",
            state.step(),
            folder,
            cause.getMessage(),
            bytes,
            free,
            rest),
        cause);
  }

  private void deleteOld(Set<Long> keep) throws IOException {
    List<Long> steps = steps();
    for (long step : steps.subList(0, Math.max(0, steps.size() - limit))) {
      if (!keep.contains(step)) {
        moveAside(path(step), OLD);
      }
    }
    for (Path leftover : leftovers(OLD)) {
      disk.delete(leftover);
    }
  }

  /** A folder half deleted must not pass for a checkpoint: it loses its name first. */
  private void moveAside(Path path, String suffix) throws IOException {
    if (Files.exists(path)) {
      Path aside = folder.resolve(path.getFileName() + suffix);
      disk.delete(aside);
      disk.rename(path, aside);
    }
  }

  private List<Path> leftovers(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().endsWith(suffix)).toList();
    }
  }

  /** The steps that have a checkpoint, in order; not verified. */
  public List<Long> steps() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> NAME.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .map(matcher -> Long.parseLong(matcher.group(1)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new CheckpointException("checkpoints in " + folder + " can't be listed: " + e, e);
    }
  }

  /**
   * A step's checkpoint, verified.
   *
   * @throws CheckpointException if there is none, or it is damaged
   */
  public Checkpoint open(long step) {
    if (!Files.isDirectory(path(step))) {
      throw new CheckpointException(
          folder + " has no checkpoint of step " + step + "; it has " + steps());
    }
    return Checkpoint.open(path(step));
  }

  /**
   * The newest checkpoint that is whole; empty where there is none of any kind. Damaged ones that
   * are newer are renamed, so that nobody takes them again.
   *
   * @param damaged is notified of each damaged one that was passed over
   * @throws CheckpointException if all are damaged
   */
  public Optional<Checkpoint> newest(Consumer<CheckpointException> damaged) {
    List<Long> steps = steps();
    List<CheckpointException> faults = new ArrayList<>();
    for (int i = steps.size() - 1; i >= 0; i--) {
      try {
        Checkpoint checkpoint = open(steps.get(i));
        for (int j = i + 1; j < steps.size(); j++) {
          setAside(steps.get(j));
        }
        faults.forEach(damaged);
        return Optional.of(checkpoint);
      } catch (CheckpointException e) {
        faults.add(e);
      }
    }
    if (!faults.isEmpty()) {
      throw new CheckpointException(
          String.format(
              "no checkpoint in %s can be used:\n  %s",
              folder, String.join("\n  ", faults.stream().map(Throwable::getMessage).toList())));
    }
    return Optional.empty();
  }

  private void setAside(long step) {
    try {
      moveAside(path(step), DAMAGED);
    } catch (IOException e) {
      throw new CheckpointException(path(step) + " is damaged and can't be renamed: " + e, e);
    }
  }

  /** Deletes what writing or deleting left behind when it was stopped. */
  public void clean() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try {
      for (String suffix : List.of(PARTIAL, OLD)) {
        for (Path leftover : leftovers(suffix)) {
          disk.delete(leftover);
        }
      }
    } catch (IOException e) {
      throw new CheckpointException("leftovers in " + folder + " can't be deleted: " + e, e);
    }
  }
}
