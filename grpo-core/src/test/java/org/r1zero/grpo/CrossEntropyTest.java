package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.LossMetrics;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

class CrossEntropyTest {
  private static final List<Sample> EXAMPLES =
      List.of(
          Sample.toLearn(new int[] {5}, new int[] {20, 21, 22, 2}),
          Sample.toLearn(new int[] {8, 9, 10, 11}, new int[] {30}),
          Sample.toLearn(new int[] {5, 6}, new int[] {40, 41, 42, 43, 44, 2}));
  private static final int TOKENS = 11;

  @TempDir private Path folder;
  private ModelDirectory directory;

  @BeforeEach
  void unpack() {
    directory = ModelDirectory.open(Golden.unpack("model/qwen2-tied", folder).folder());
    Torch.setThreads(1); // so small that a second thread would cost more than it gives
  }

  @AfterEach
  void restoreThreads() {
    Torch.setThreads(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void theLossIsTheMeanOverCompletionTokens() {
    double expected = 0;
    try (PolicyModel model = model()) {
      for (Sample example : EXAMPLES) {
        expected += negativeLogLikelihood(model, example) / TOKENS;
      }
      assertThat(evaluate(model, EXAMPLES)).isCloseTo(expected, within(1e-5));
    }
    StepReport first = train(1000, 1, 1e-3).get(0);
    assertThat(first.metric("loss")).isCloseTo(expected, within(1e-5));
  }

  @Test
  void microBatchesChangeNothing() {
    List<StepReport> whole = train(1000, 3, 1e-3);
    for (int microBatchTokens : new int[] {1, 8, 11}) {
      List<StepReport> parts = train(microBatchTokens, 3, 1e-3);
      for (int i = 0; i < 3; i++) {
        assertThat(parts.get(i).metric("loss"))
            .isCloseTo(whole.get(i).metric("loss"), within(1e-5));
        assertThat(parts.get(i).metric("grad_norm"))
            .isCloseTo(
                whole.get(i).metric("grad_norm"), within(1e-4 * whole.get(i).metric("grad_norm")));
      }
    }
  }

  @Test
  void learnsThreeExamplesByHeart() {
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(optimizer(1e-2), model.parameters())) {
      List<StepReport> reports = train(model, optimizer, 1000, 60);
      assertThat(reports).extracting(StepReport::step).startsWith(0L, 1L, 2L).hasSize(60);
      assertThat(reports.get(59).metric("loss")).isLessThan(0.05);
      assertThat(reports.get(59).metric("mean_token_accuracy")).isEqualTo(1);
      assertThat(evaluate(model, EXAMPLES)).isLessThan(0.05);
      for (Sample example : EXAMPLES) {
        assertThat(negativeLogLikelihood(model, example)).isLessThan(0.3);
      }
    }
  }

  @Test
  void evaluatingChangesNothing() {
    try (PolicyModel model = model()) {
      double before = evaluate(model, EXAMPLES);
      assertThat(evaluate(model, EXAMPLES)).isEqualTo(before);
      assertThat(evaluate(model, EXAMPLES.subList(0, 1)))
          .isCloseTo(negativeLogLikelihood(model, EXAMPLES.get(0)) / 4, within(1e-5));
    }
  }

  @Test
  void theRateFollowsItsSchedule() {
    OptimizerConfig warm =
        new OptimizerConfig(1e-2, LearningRateSchedule.LINEAR, 1, 0, 0.9, 0.999, 1e-8, 0);
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(warm, model.parameters())) {
      float[] before = model.parameters().get(0).value().toFloatArray();
      train(model, optimizer, 1000, 1);
      assertThat(model.parameters().get(0).value().toFloatArray())
          .as("the first update of a warm-up has rate 0")
          .isEqualTo(before);
    }
  }

  @Test
  void maskedTokensHaveNoLoss() {
    Sample whole = EXAMPLES.get(0);
    Sample masked = whole.withMask(new boolean[] {true, false, false, true});
    try (PolicyModel model = model()) {
      LossMetrics numbers = CrossEntropy.measure(model, List.of(MicroBatch.of(List.of(masked))));
      double first = evaluate(model, List.of(Sample.toLearn(new int[] {5}, new int[] {20})));
      double last =
          evaluate(model, List.of(Sample.toLearn(new int[] {5, 20, 21, 22}, new int[] {2})));
      assertThat(numbers.means().get("loss")).isCloseTo((first + last) / 2, within(1e-5));
    }
  }

  private List<StepReport> train(int microBatchTokens, int steps, double rate) {
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(optimizer(rate), model.parameters())) {
      return train(model, optimizer, microBatchTokens, steps);
    }
  }

  private static List<StepReport> train(
      PolicyModel model, AdamW optimizer, int microBatchTokens, int steps) {
    List<StepReport> reports = new ArrayList<>();
    Surroundings around =
        new Surroundings(
            model, optimizer, TestTraining.usual(), (report, state) -> reports.add(report));
    UpdateLoop loop = new UpdateLoop(around, new CrossEntropy(), steps, steps);
    List<Minibatch> update =
        new BatchPacker(1, microBatchTokens).pack(EXAMPLES.stream().map(List::of).toList(), 0);
    loop.run(metrics -> loop.update(update.get(0), update, metrics), loop::state);
    return reports;
  }

  private static double evaluate(PolicyModel model, List<Sample> examples) {
    LossMetrics numbers = CrossEntropy.measure(model, List.of(MicroBatch.of(examples)));
    return numbers.means().getOrDefault("loss", Double.NaN);
  }

  private static OptimizerConfig optimizer(double rate) {
    return new OptimizerConfig(rate, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-8, 0);
  }

  private PolicyModel model() {
    return new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
  }

  /** In double precision from the logits of each position, one after another. */
  private static double negativeLogLikelihood(PolicyModel model, Sample example) {
    double sum = 0;
    int start = example.prompt().length;
    try (Scope scope = Torch.openScope(Device.cpu())) {
      for (int t = 0; t < example.tokens().length; t++) {
        int[] context = Arrays.copyOf(example.prompt(), start + t);
        System.arraycopy(example.tokens(), 0, context, start, t);
        float[] logits = model.decoding().nextLogits(new int[][] {context}, scope).toFloatArray();
        double total = 0;
        for (float logit : logits) {
          total += Math.exp(logit);
        }
        sum += Math.log(total) - logits[example.tokens()[t]];
      }
    }
    return sum;
  }
}
