package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;

/** A device whose memory is too small for an update's parts. */
@Tag("slow")
class LackOfMemoryTest {
  private static final int[] SHARED = {5, 6};
  private static final List<Sample> EXAMPLES =
      List.of(
          Sample.toLearn(SHARED, new int[] {20, 21, 22, 2}),
          Sample.toLearn(SHARED, new int[] {30}),
          Sample.toLearn(SHARED, new int[] {40, 41, 42, 43, 44, 2}),
          Sample.toLearn(new int[] {8, 9, 10, 11}, new int[] {33, 2}));

  @TempDir private Path folder;
  private ModelDirectory directory;

  @BeforeEach
  void unpack() {
    directory = ModelDirectory.open(Golden.unpack("model/qwen2-tied", folder).folder());
  }

  @Test
  void smallerPortionsTrainTheSame() {
    Scarce scarce = new Scarce(7);
    Trained plenty = train(new Portions());
    Trained little = train(scarce);
    assertThat(scarce.failed)
        .as("the first step tries too much once, later ones know")
        .containsExactly(15);
    assertThat(little.reports).hasSameSizeAs(plenty.reports);
    for (int step = 0; step < plenty.reports.size(); step++) {
      for (String name : List.of("loss", "grad_norm", "entropy", "mean_token_accuracy")) {
        assertThat(little.reports.get(step).metrics().get(name))
            .as(name)
            .isCloseTo(plenty.reports.get(step).metrics().get(name), within(1e-5));
      }
    }
    assertThat(little.weights).hasSameSizeAs(plenty.weights);
    for (int w = 0; w < plenty.weights.size(); w++) {
      assertThat(little.weights.get(w)).containsExactly(plenty.weights.get(w), within(1e-5f));
    }
  }

  @Test
  void oneSequenceThatDoesNotFitEndsTraining() {
    assertThatThrownBy(() -> train(new Scarce(6)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one sequence of 8 tokens")
        .hasMessageContaining("gradient_checkpointing: true");
  }

  @Test
  void otherFaultsAreNotTriedAgain() {
    List<MicroBatch> tried = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new Portions()
                    .compute(
                        List.of(MicroBatch.of(EXAMPLES)),
                        part -> {
                          tried.add(part);
                          throw new EngineException("CUDA error: an illegal memory access");
                        },
                        () -> {}))
        .isInstanceOf(EngineException.class);
    assertThat(tried).hasSize(1);
  }

  private record Trained(List<StepReport> reports, List<float[]> weights) {}

  private Trained train(Portions portions) {
    OptimizerConfig constant =
        new OptimizerConfig(1e-3, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-4, 1);
    List<StepReport> reports = new ArrayList<>();
    try (PolicyModel model =
            new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
        AdamW optimizer = new AdamW(constant, model.parameters())) {
      Surroundings around =
          new Surroundings(
              model,
              optimizer,
              TestTraining.usual(),
              (report, state) -> reports.add(report),
              new OwnLearner(portions));
      UpdateLoop loop = new UpdateLoop(around, new CrossEntropy(), 3, 3);
      List<Minibatch> update =
          new BatchPacker(1, 1000).pack(EXAMPLES.stream().map(List::of).toList(), 0);
      loop.run(metrics -> loop.update(update.get(0), update, metrics), loop::state);
      return new Trained(
          reports,
          model.parameters().stream()
              .map(Parameter::value)
              .map(ai.djl.ndarray.NDArray::toFloatArray)
              .toList());
    }
  }

  /** Fails as libtorch does on a GPU, and late: the gradient of the portion is there already. */
  private static final class Scarce extends Portions {
    private final int most;
    private final List<Integer> failed = new ArrayList<>();

    Scarce(int most) {
      this.most = most;
    }

    @Override
    <T> T one(MicroBatch portion, Function<MicroBatch, T> work) {
      T result = super.one(portion, work);
      int tokens = portion.tokens().rowCount();
      if (tokens > most) {
        failed.add(tokens);
        throw new EngineException(
            "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 79 GiB");
      }
      return result;
    }
  }
}
