package org.r1zero.grpo.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeFilesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLinkStaysOneAndWhatItNamesIsReplaced(boolean exists) throws IOException {
    Path real = Files.createDirectory(folder.resolve("elsewhere")).resolve("real");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere/real"));
    if (exists) {
      Files.writeString(real, "old");
    }
    WholeFiles.write(link, "new".getBytes(StandardCharsets.UTF_8));
    assertThat(link).isSymbolicLink();
    assertThat(real).isRegularFile().hasContent("new");
    assertThat(folder.resolve("elsewhere")).isDirectoryContaining("glob:**real");
    try (var files = Files.list(folder.resolve("elsewhere"))) {
      assertThat(files).containsExactly(real);
    }
  }

  @Test
  void whatCannotBeWrittenLeavesTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    assertThatThrownBy(
            () ->
                WholeFiles.write(
                    file,
                    out -> {
                      out.write(1);
                      throw new IOException("the disk is full");
                    }))
        .hasMessage("the disk is full");
    assertThat(file).hasContent("old");
  }

  @Test
  void aLockHasOneNameWhateverLinksLeadToIt() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    try (Closeable lock = Locks.take(folder.resolve("lock")).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(Locks.take(link.resolve("lock"))).isEmpty();
      assertThat(Locks.take(folder.resolve("lock"))).isEmpty();
    }
    try (Closeable lock = Locks.take(link.resolve("lock")).orElseThrow()) {
      assertThat(lock).isNotNull();
    }
  }

  @Test
  void aLockWhoseFileIsDeletedBeforeItIsFreedIsNeverHeldTwice() throws Exception {
    Path file = folder.resolve("lock");
    AtomicInteger held = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      all.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 500; i++) {
                  try {
                    Optional<Closeable> lock = Locks.take(file);
                    if (lock.isPresent()) {
                      assertThat(held.incrementAndGet()).isEqualTo(1);
                      taken.incrementAndGet();
                      Thread.onSpinWait();
                      held.decrementAndGet();
                      Files.delete(file);
                      lock.get().close();
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                }
              }));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    assertThat(taken).hasPositiveValue();
  }
}
