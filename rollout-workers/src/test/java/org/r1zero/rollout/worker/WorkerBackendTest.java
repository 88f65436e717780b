package org.r1zero.rollout.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.tokenizer.Tokenizer;
import org.r1zero.rollout.generation.Collected;
import org.r1zero.rollout.generation.GenerationRequest;
import org.r1zero.rollout.generation.SamplingConfig;

@Tag("slow")
class WorkerBackendTest {
  @TempDir private Path folder;
  @TempDir private Path weights;

  @Test
  void bothOfThisModuleAreFound() {
    assertThat(WorkerPools.backends()).containsExactly("in_process", "process");
  }

  @Test
  void anUnknownNameIsAnsweredWithThoseThatThereAre() {
    assertThatThrownBy(() -> WorkerPools.backend("cluster"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("backend must be one of in_process, process, was cluster");
  }

  @ParameterizedTest
  @ValueSource(strings = {"in_process", "process"})
  void eachSamplesTheSourcesPolicyAndKeepsToItsFolder(String name) throws Exception {
    List<String> said = new ArrayList<>();
    List<GenerationRequest> requests =
        List.of(new GenerationRequest(new int[] {1, 2}, new long[] {3, 4}));
    SamplingConfig config = new SamplingConfig(1, 0, 1, 0, 12, List.of(), 4);
    Collected expected = new Collected();
    Collected heard = new Collected();
    try (Tokenizer tokenizer = TinyModelFolder.write(folder, 100);
        PolicyModel policy = TinyModelFolder.policy(folder, 8, ComputeType.FLOAT32);
        WorkerPool pool =
            WorkerPools.backend(name)
                .open(
                    PoolOptions.single(),
                    new PoolSource(
                        5,
                        policy,
                        sampling -> new TokenizerStops(tokenizer, sampling.stop()),
                        folder,
                        weights.toString()),
                    said::add);
        WorkerPool local =
            WorkerPools.inProcess(
                PoolOptions.single(),
                5,
                policy,
                sampling -> new TokenizerStops(tokenizer, sampling.stop()),
                said::add)) {
      assertThat(pool.version()).isEqualTo(5);
      try (Stream<Path> files = Files.list(weights)) {
        assertThat(files.count()).isEqualTo(name.equals("process") ? 1 : 0);
      }
      local.generate(WorkUnit.cut(requests, 1, 0), config, expected);
      pool.generate(WorkUnit.cut(requests, 1, 0), config, heard);
    }
    assertThat(heard.all().get(0)).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(heard.all().get(0).get(i).tokens())
          .isEqualTo(expected.all().get(0).get(i).tokens());
      assertThat(heard.all().get(0).get(i).policyLogProbs())
          .isEqualTo(expected.all().get(0).get(i).policyLogProbs());
    }
    assertThat(said).isEmpty();
  }
}
