package org.r1zero.grpo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

class CheckpointStoreTest {
  @TempDir private Path folder;
  private final Scope scope = Torch.openScope(Device.cpu());

  @AfterEach
  void closeScope() {
    scope.close();
  }

  @Test
  void restoresWhatWasSavedBitForBit() {
    CheckpointStore store = new CheckpointStore(folder, 2);
    float[] odd = {Float.NaN, -0f, Float.MIN_VALUE, 1f / 3, Float.NEGATIVE_INFINITY, 7};
    TrainingState saved = state(3, scope.floats(odd).reshape(2, 3), scope.floats(5f).reshape());
    saved.values().put("updates", 12L).put("coefficient", 0.1 + 0.2);
    store.save(saved, Set.of());

    NDArray w = scope.floats(new float[6]).reshape(2, 3);
    NDArray s = scope.manager().zeros(new Shape());
    NDArray view = w.flatten();
    Checkpoint checkpoint = store.newest(damaged -> {}).orElseThrow();
    checkpoint.restore(state(0, w, s).tensors());
    assertThat(checkpoint.step()).isEqualTo(3);
    assertThat(checkpoint.values().get("updates").asLong()).isEqualTo(12);
    assertThat(checkpoint.values().get("coefficient").asDouble()).isEqualTo(0.1 + 0.2);
    assertThat(bits(w.toFloatArray())).isEqualTo(bits(odd));
    assertThat(bits(view.toFloatArray())).as("memory is kept").isEqualTo(bits(odd));
    assertThat(s.toFloatArray()).containsExactly(5f);
  }

  @Test
  void keepsTheNewestAndThoseNamed() {
    CheckpointStore store = new CheckpointStore(folder, 2);
    assertThat(store.newest(damaged -> {})).isEmpty();
    for (long step = 1; step <= 5; step++) {
      store.save(small(step), Set.of(2L));
    }
    assertThat(store.steps()).containsExactly(2L, 4L, 5L);
    assertThat(names()).containsExactly("step-000002", "step-000004", "step-000005");
    assertThat(store.newest(damaged -> {}).orElseThrow().step()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 40, 150, 260, 420})
  void fullDiskLeavesTheEarlierOneAndSaysSo(int room) {
    new CheckpointStore(folder, 1).save(small(1), Set.of());
    CheckpointStore full = new CheckpointStore(folder, 1, new FullDisk(room));
    assertThatThrownBy(() -> full.save(small(2), Set.of()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("the checkpoint of step 2 can't be written to " + folder)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining("it needs 16 bytes, of which")
        .hasMessageContaining("the one of step 1 is untouched");
    assertThat(names()).containsExactly("step-000001");
    assertThat(new CheckpointStore(folder, 1).newest(d -> {}).orElseThrow().step()).isEqualTo(1);
    new CheckpointStore(folder, 1).save(small(2), Set.of());
    assertThat(names()).as("once there is room").containsExactly("step-000002");
  }

  @Test
  void whatACrashLeftBehindIsNoCheckpoint() throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 2);
    store.save(small(1), Set.of());
    Files.createDirectory(folder.resolve("step-000002.partial"));
    Files.writeString(folder.resolve("step-000002.partial/manifest.json"), "{");
    Files.createDirectory(folder.resolve("step-000000.old"));
    assertThat(store.newest(damaged -> {}).orElseThrow().step()).isEqualTo(1);
    store.clean();
    assertThat(names()).containsExactly("step-000001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tensors.safetensors", "state.json", "manifest.json"})
  void oneFlippedByteIsFoundAndTheOneBeforeIsUsed(String file) throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 3);
    store.save(small(1), Set.of());
    store.save(small(2), Set.of());
    Path path = folder.resolve("step-000002").resolve(file);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 3] ^= 1;
    Files.write(path, bytes);
    List<String> said = new ArrayList<>();
    assertThat(store.newest(d -> said.add(d.getMessage())).orElseThrow().step()).isEqualTo(1);
    assertThat(said).singleElement().asString().contains("step-000002").contains("is damaged");
    assertThat(names()).containsExactly("step-000001", "step-000002.damaged");
  }

  @Test
  void truncatedAndMissingFilesAreNamed() throws IOException {
    CheckpointStore store = new CheckpointStore(folder, 3);
    store.save(small(1), Set.of());
    Path tensors = folder.resolve("step-000001/tensors.safetensors");
    byte[] bytes = Files.readAllBytes(tensors);
    Files.write(tensors, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> store.open(1))
        .hasMessageContaining("it has " + (bytes.length - 1) + " bytes, was written with ");
    Files.delete(tensors);
    assertThatThrownBy(() -> store.open(1)).hasMessageContaining(tensors + " is missing");
    assertThatThrownBy(() -> store.newest(d -> {}))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("no checkpoint in " + folder + " can be used");
    assertThatThrownBy(() -> store.open(9)).hasMessageContaining("it has [1]");
  }

  @Test
  void stateOfAnotherModelIsRefusedBeforeAnythingChanges() {
    CheckpointStore store = new CheckpointStore(folder, 1);
    store.save(small(1), Set.of());
    Checkpoint checkpoint = store.open(1);
    NDArray w = scope.floats(9, 9, 9);
    assertThatThrownBy(() -> checkpoint.restore(Map.of("w", w)))
        .hasMessageContaining("it lacks [], has besides [s]");
    Map<String, NDArray> otherShape = new LinkedHashMap<>();
    otherShape.put("w", w);
    otherShape.put("s", scope.floats(1, 2));
    assertThatThrownBy(() -> checkpoint.restore(otherShape))
        .hasMessageContaining("s must have shape [2], has []");
    assertThat(w.toFloatArray()).containsExactly(9, 9, 9);
    checkpoint.restoreSome(Map.of("w", w));
    assertThat(w.toFloatArray()).containsExactly(1, 2, 3);
  }

  /** Bytes that a disk still takes, over all its files. */
  private static final class FullDisk extends Disk {
    private long room;

    FullDisk(long room) {
      this.room = room;
    }

    @Override
    WritableByteChannel create(Path file) throws IOException {
      WritableByteChannel real = super.create(file);
      return new WritableByteChannel() {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
          int count = (int) Math.min(room, bytes.remaining());
          if (count == 0) {
            throw new IOException("No space left on device");
          }
          room -= count;
          real.write(bytes.slice(bytes.position(), count));
          bytes.position(bytes.position() + count);
          return count;
        }

        @Override
        public boolean isOpen() {
          return real.isOpen();
        }

        @Override
        public void close() throws IOException {
          real.close();
        }
      };
    }
  }

  private TrainingState small(long step) {
    return state(step, scope.floats(1, 2, 3), scope.floats((float) step).reshape());
  }

  private static TrainingState state(long step, NDArray w, NDArray s) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    tensors.put("w", w);
    tensors.put("s", s);
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    values.put("step", step);
    return new TrainingState(step, tensors, values);
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
