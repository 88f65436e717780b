package org.r1zero.coldstart.sft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.StepBoundary;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.checkpoint.CheckpointStore;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthMonitor;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.optim.SchedulerKwargs;
import org.r1zero.grpo.torch.Torch;

@Tag("slow")
class SftCourseTest {
  private static final OptimizerConfig OPTIMIZER =
      new OptimizerConfig(1e-2, LearningRateSchedule.COSINE, 2, 0, 0.9, 0.999, 1e-8, 1);

  @TempDir private Path folder;
  private final int threads = Torch.threads();
  private ModelDirectory directory;

  @BeforeEach
  void unpack() {
    directory = ModelDirectory.open(Golden.unpack("model/qwen2-tied", folder).folder());
    Torch.setThreads(1);
  }

  @AfterEach
  void restoreThreads() {
    Torch.setThreads(threads);
  }

  private record Ran(List<Map<String, Double>> metrics, List<float[]> weights, boolean early) {}

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aCourseThatWasKilledEndsWithTheSameBits() {
    SftSchedule schedule = new SftSchedule(2, 0, 0.2, 3, 0, 3);
    Ran whole = run(schedule, "whole", Long.MAX_VALUE);
    assertThat(whole.metrics()).hasSize(8); // 2 epochs of 16 examples in fours
    assertThatThrownBy(() -> run(schedule, "killed", 5)).isInstanceOf(Killed.class);
    Ran rest = run(schedule, "killed", Long.MAX_VALUE);
    assertThat(rest.metrics()).isEqualTo(whole.metrics().subList(3, 8));
    assertThat(rest.weights()).usingRecursiveComparison().isEqualTo(whole.weights());
  }

  @Test
  void metricsHaveTrlsNames() {
    Map<String, Double> last = run(new SftSchedule(1, 4, 0.2, 2, 0, 0), "m", 99).metrics().get(3);
    assertThat(last)
        .containsOnlyKeys(
            "loss",
            "mean_token_accuracy",
            "entropy",
            "grad_norm",
            "learning_rate",
            "num_tokens",
            "epoch",
            "eval_loss",
            "eval_mean_token_accuracy",
            "eval_entropy",
            "padding_ratio",
            "health/skipped_steps",
            "health/skipped_updates",
            "health/warnings");
    assertThat(last.get("epoch")).isEqualTo(1);
    assertThat(last.get("mean_token_accuracy")).isBetween(0.0, 1.0);
    assertThat(last.get("num_tokens")).isEqualTo(16 * 7.0);
  }

  @Test
  void validationEndsTraining() {
    // random completions can't be learned: the validation loss rises soon
    Ran ran = run(new SftSchedule(50, 0, 0.2, 2, 3, 0), "early", Long.MAX_VALUE);
    assertThat(ran.early()).isTrue();
    assertThat(ran.metrics().size()).isLessThan(200);
    List<Double> losses =
        ran.metrics().stream()
            .filter(m -> m.containsKey("eval_loss"))
            .map(m -> m.get("eval_loss"))
            .toList();
    int best = losses.indexOf(losses.stream().min(Double::compare).orElseThrow());
    assertThat(best)
        .as("three validations without a lower loss end it")
        .isEqualTo(losses.size() - 4);
  }

  @Test
  void rateFollowsTheSchedulesOwnOptions() {
    SchedulerKwargs kwargs =
        new SchedulerKwargs(
            null,
            1e-3,
            null,
            0,
            1,
            0,
            0,
            0,
            SchedulerKwargs.Ramp.LINEAR,
            SchedulerKwargs.Ramp.LINEAR);
    OptimizerConfig optimizer =
        new OptimizerConfig(
            1e-2,
            LearningRateSchedule.COSINE_WITH_MIN_LR,
            kwargs,
            0,
            0,
            0.9,
            0.999,
            1e-8,
            1,
            false);
    List<Double> rates =
        run(optimizer, new SftSchedule(1, 4, 0, 0, 0, 0), "min", Long.MAX_VALUE).metrics().stream()
            .map(m -> m.get("learning_rate"))
            .toList();
    // min + (peak - min) (1 + cos(pi step / 4)) / 2
    double half = Math.sqrt(0.5);
    assertThat(rates.get(0)).isCloseTo(1e-2, within(1e-12));
    assertThat(rates.get(1)).isCloseTo(1e-3 + 9e-3 * (1 + half) / 2, within(1e-12));
    assertThat(rates.get(2)).isCloseTo(5.5e-3, within(1e-12));
    assertThat(rates.get(3)).isCloseTo(1e-3 + 9e-3 * (1 - half) / 2, within(1e-12));
  }

  @Test
  void wholeStepsAreThoseOfTrlsSftTrainer() {
    JsonNode golden = Golden.load("sft/trl");
    List<Sample> examples = new ArrayList<>();
    golden
        .get("examples")
        .forEach(e -> examples.add(Sample.toLearn(ids(e.get("prompt")), ids(e.get("completion")))));
    OptimizerConfig optimizerConfig =
        new OptimizerConfig(1e-2, LearningRateSchedule.LINEAR, 1, 0, 0.9, 0.999, 1e-8, 1);
    List<Map<String, Double>> steps = new ArrayList<>();
    try (PolicyModel model =
            new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
        AdamW optimizer = new AdamW(optimizerConfig, model.parameters())) {
      SftPlan plan = new SftPlan(new SftSchedule(1, 4, 0, 0, 0, 0), 3, examples, 1);
      Surroundings around =
          new Surroundings(
              model,
              optimizer,
              new HealthMonitor(HealthConfig.defaults(), said -> {}),
              (report, state) -> steps.add(report.metrics()));
      new SftCourse(plan, 1000, around).train();
    }
    assertThat(golden.get("steps")).hasSize(4);
    for (int i = 0; i < 4; i++) {
      for (Map.Entry<String, JsonNode> expected : golden.get("steps").get(i).properties()) {
        double value = expected.getValue().asDouble();
        assertThat(steps.get(i).get(expected.getKey()))
            .as("%s of step %d", expected.getKey(), i)
            .isCloseTo(value, within(1e-6 + 1e-4 * Math.abs(value)));
      }
    }
  }

  private static int[] ids(JsonNode list) {
    int[] ids = new int[list.size()];
    Arrays.setAll(ids, i -> list.get(i).asInt());
    return ids;
  }

  private Ran run(SftSchedule schedule, String store, long killAt) {
    return run(OPTIMIZER, schedule, store, killAt);
  }

  private Ran run(OptimizerConfig rates, SftSchedule schedule, String store, long killAt) {
    List<Map<String, Double>> metrics = new ArrayList<>();
    try (PolicyModel model =
            new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
        AdamW optimizer = new AdamW(rates, model.parameters())) {
      SftPlan plan = new SftPlan(schedule, 4, examples(), 7);
      CheckpointStore checkpoints = new CheckpointStore(folder.resolve(store), 2);
      StepBoundary boundary =
          (report, state) -> {
            long step = report.step() + 1;
            if (step == killAt) {
              throw new Killed();
            }
            metrics.add(untimed(report));
            if (schedule.saveSteps() > 0 && step % schedule.saveSteps() == 0) {
              checkpoints.save(state.get(), Set.of());
            }
            return true;
          };
      HealthMonitor health = new HealthMonitor(HealthConfig.defaults(), said -> {});
      SftCourse course =
          new SftCourse(plan, 1000, new Surroundings(model, optimizer, health, boundary));
      checkpoints.newest(fault -> {}).ifPresent(course::restore);
      course.train();
      List<float[]> weights =
          model.parameters().stream().map(p -> p.value().toFloatArray()).toList();
      return new Ran(metrics, weights, course.finished() && metrics.size() < plan.totalSteps());
    }
  }

  /** Without what depends on the machine. */
  private static Map<String, Double> untimed(StepReport report) {
    Map<String, Double> metrics = new TreeMap<>(report.metrics());
    metrics.keySet().removeIf(name -> name.matches(".*(time|per_second|memory).*"));
    return metrics;
  }

  private static List<Sample> examples() {
    Random random = new Random(3);
    List<Sample> examples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      examples.add(
          Sample.toLearn(random.ints(3, 3, 60).toArray(), random.ints(4, 3, 60).toArray()));
    }
    return examples;
  }
}
