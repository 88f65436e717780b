package org.r1zero.experiment.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.rollout.generation.SamplingConfig;
import org.r1zero.verify.Completion;
import org.r1zero.verify.FinishReason;
import org.r1zero.verify.records.KeyedLines;

class CompletionStoreTest {
  private static final SamplingConfig HOW = SamplingConfig.defaults();
  private static final Completion SAID = new Completion("12\n\u2028\"", 5, FinishReason.STOP);
  private static final Completion TALK =
      new Completion(
          "2", 9, FinishReason.LENGTH, new Completion.Transcript("1 no 2", 2, 0.1 + 0.2));
  @TempDir private Path folder;

  @Test
  void findsWhatWasKeptForTheSameModelPromptAndSeedOnly() throws IOException {
    keep(store("m").open(HOW, 1), CompletionStore.key(3, 0, "prompt"), SAID);
    keep(store("m").open(HOW, 1), CompletionStore.key(4, 1, "prompt"), TALK);
    KeyedLines same = store("m").open(HOW, 1);
    assertThat(find(same, CompletionStore.key(3, 0, "prompt"))).contains(SAID);
    assertThat(find(same, CompletionStore.key(4, 1, "prompt"))).contains(TALK);
    assertThat(find(same, CompletionStore.key(3, 1, "prompt"))).isEmpty();
    assertThat(find(same, CompletionStore.key(2, 0, "prompt"))).isEmpty();
    assertThat(find(same, CompletionStore.key(3, 0, "other"))).isEmpty();
    for (KeyedLines other :
        List.of(
            store("n").open(HOW, 1),
            store("m").open(HOW, 2),
            store("m").open(HOW.withTemperature(0.5), 1),
            CompletionStore.none().open(HOW, 1))) {
      assertThat(find(other, CompletionStore.key(3, 0, "prompt"))).isEmpty();
    }
  }

  private CompletionStore store(String model) {
    return CompletionStore.in(folder.resolve("kept"), model);
  }

  private static void keep(KeyedLines lines, String key, Completion completion) throws IOException {
    lines.keep(key, CompletionStore.written(completion));
  }

  private static Optional<Completion> find(KeyedLines lines, String key) {
    return lines.find(key).map(CompletionStore::read);
  }
}
