package org.r1zero.coldstart.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

@Tag("slow")
class SftTrainerTest {
  private static final List<SftExample> EXAMPLES =
      List.of(
          new SftExample(new int[] {5}, new int[] {20, 21, 22, 2}),
          new SftExample(new int[] {8, 9, 10, 11}, new int[] {30}),
          new SftExample(new int[] {5, 6}, new int[] {40, 41, 42, 43, 44, 2}));
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
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(optimizer(1e-3), model.parameters())) {
      for (SftExample example : EXAMPLES) {
        expected += negativeLogLikelihood(model, example) / TOKENS;
      }
      assertThat(trainer(model, optimizer, 1000, 1).evaluate(EXAMPLES))
          .isCloseTo(expected, within(1e-5));
    }
    Update first = train(1000, 1, 1e-3).get(0);
    assertThat(first.loss()).isCloseTo(expected, within(1e-5));
    assertThat(first.tokens()).isEqualTo(TOKENS);
  }

  @Test
  void microBatchesChangeNothing() {
    List<Update> whole = train(1000, 3, 1e-3);
    for (int microBatchTokens : new int[] {1, 8, 11}) {
      List<Update> parts = train(microBatchTokens, 3, 1e-3);
      for (int i = 0; i < 3; i++) {
        assertThat(parts.get(i).loss()).isCloseTo(whole.get(i).loss(), within(1e-5));
        assertThat(parts.get(i).gradNorm())
            .isCloseTo(whole.get(i).gradNorm(), within(1e-4 * whole.get(i).gradNorm()));
      }
    }
  }

  @Test
  void learnsThreeExamplesByHeart() {
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(optimizer(1e-2), model.parameters())) {
      SftTrainer trainer = trainer(model, optimizer, 1000, 60);
      List<Update> updates = new ArrayList<>();
      trainer.train(repeated(), listener(updates));
      assertThat(updates).extracting(Update::step).startsWith(0L, 1L, 2L).hasSize(60);
      assertThat(updates.get(59).loss()).isLessThan(0.05);
      assertThat(trainer.evaluate(EXAMPLES)).isLessThan(0.05);
      for (SftExample example : EXAMPLES) {
        assertThat(negativeLogLikelihood(model, example)).isLessThan(0.3);
      }
    }
  }

  @Test
  void evaluatingChangesNothing() {
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(optimizer(1e-2), model.parameters())) {
      SftTrainer trainer = trainer(model, optimizer, 8, 1);
      double before = trainer.evaluate(EXAMPLES);
      assertThat(trainer.evaluate(EXAMPLES)).isEqualTo(before);
      assertThat(trainer.evaluate(EXAMPLES.subList(0, 1)))
          .isCloseTo(negativeLogLikelihood(model, EXAMPLES.get(0)) / 4, within(1e-5));
      assertThatThrownBy(() -> trainer.evaluate(List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theRateFollowsItsSchedule() {
    OptimizerConfig warm =
        new OptimizerConfig(1e-2, LearningRateSchedule.LINEAR, 1, 0, 0.9, 0.999, 1e-8, 0);
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(warm, model.parameters())) {
      float[] before = model.parameters().get(0).value().toFloatArray();
      new SftTrainer(new SftConfig(1, 3, 1000, warm), model, optimizer)
          .train(repeated(), listener(new ArrayList<>()));
      assertThat(model.parameters().get(0).value().toFloatArray())
          .as("the first update of a warm-up has rate 0")
          .isEqualTo(before);
    }
  }

  @Test
  void wrongOptionsAreNamedAllAtOnce() {
    assertThatThrownBy(() -> new SftConfig(0, 0, 0, OptimizerConfig.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "max_steps must be >= 1, was 0",
            "batch_size must be >= 1, was 0",
            "micro_batch_tokens must be >= 1, was 0");
  }

  private record Update(long step, double loss, double gradNorm, int tokens) {}

  private List<Update> train(int microBatchTokens, int steps, double rate) {
    List<Update> updates = new ArrayList<>();
    try (PolicyModel model = model();
        AdamW optimizer = new AdamW(optimizer(rate), model.parameters())) {
      new SftTrainer(new SftConfig(steps, 3, microBatchTokens, optimizer(rate)), model, optimizer)
          .train(repeated(), listener(updates));
    }
    return updates;
  }

  private static SftTrainer trainer(
      PolicyModel model, AdamW optimizer, int microBatchTokens, int steps) {
    return new SftTrainer(
        new SftConfig(steps, 3, microBatchTokens, optimizer(1e-2)), model, optimizer);
  }

  private static SftTrainer.Listener listener(List<Update> updates) {
    return (step, loss, gradNorm, tokens) -> updates.add(new Update(step, loss, gradNorm, tokens));
  }

  private static java.util.function.Supplier<SftExample> repeated() {
    Iterator<SftExample> all =
        Stream.iterate(0, i -> (i + 1) % EXAMPLES.size()).map(EXAMPLES::get).iterator();
    return all::next;
  }

  private static OptimizerConfig optimizer(double rate) {
    return new OptimizerConfig(rate, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-8, 0);
  }

  private PolicyModel model() {
    return new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
  }

  /** In double precision from the logits of each position, one after another. */
  private static double negativeLogLikelihood(PolicyModel model, SftExample example) {
    double sum = 0;
    int start = example.prompt().length;
    try (Scope scope = Torch.openScope(Device.cpu())) {
      for (int t = 0; t < example.completion().length; t++) {
        int[] context = Arrays.copyOf(example.prompt(), start + t);
        System.arraycopy(example.completion(), 0, context, start, t);
        float[] logits = model.decoding().nextLogits(new int[][] {context}, scope).toFloatArray();
        double total = 0;
        for (float logit : logits) {
          total += Math.exp(logit);
        }
        sum += Math.log(total) - logits[example.completion()[t]];
      }
    }
    return sum;
  }
}
