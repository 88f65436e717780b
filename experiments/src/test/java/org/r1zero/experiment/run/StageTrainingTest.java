package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.coldstart.sft.SftCourse;
import org.r1zero.coldstart.sft.SftPlan;
import org.r1zero.coldstart.sft.SftSchedule;
import org.r1zero.experiment.config.CheckpointConfig;
import org.r1zero.experiment.metrics.RunSteps;
import org.r1zero.fixtures.golden.Golden;
import org.r1zero.grpo.StepReport;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.health.HealthConfig;
import org.r1zero.grpo.health.HealthException;
import org.r1zero.grpo.model.ComputeType;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.weights.ModelDirectory;
import org.r1zero.grpo.optim.AdamW;
import org.r1zero.grpo.optim.LearningRateSchedule;
import org.r1zero.grpo.optim.OptimizerConfig;
import org.r1zero.grpo.torch.Torch;

/** Supervised training in a stage's folder has what a run's training has. */
class StageTrainingTest {
  private static final OptimizerConfig OPTIMIZER =
      new OptimizerConfig(1e-2, LearningRateSchedule.CONSTANT, 0, 0, 0.9, 0.999, 1e-8, 1);

  @TempDir private Path folder;
  private final int threads = Torch.threads();
  private final List<String> said = new ArrayList<>();
  private Path model;

  @BeforeEach
  void unpack() {
    model = Golden.unpack("model/qwen2-tied", folder).folder();
    Torch.setThreads(1);
  }

  @AfterEach
  void restoreThreads() {
    Torch.setThreads(threads);
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void killedTrainingGoesOnWithoutATraceOfTheKill() throws IOException {
    SftSchedule schedule = new SftSchedule(1, 7, 0, 0, 0, 2);
    Path whole = train("whole", schedule, StageTrainingTest::nothing);
    BiConsumer<StepReport, PolicyModel> kill =
        (report, policy) -> {
          if (report.step() == 4) {
            throw new Killed(); // its metrics are written, the newest checkpoint is of step 4
          }
        };
    assertThatThrownBy(() -> train("killed", schedule, kill)).isInstanceOf(Killed.class);
    assertThat(steps("killed")).containsExactly(1L, 2L, 3L, 4L, 5L);
    Files.writeString(folder.resolve("killed/data.jsonl"), "{}\n"); // another stage's own file
    Path resumed = train("killed", schedule, StageTrainingTest::nothing);
    assertThat(steps("killed")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(said).contains("resuming after step 4 of 7");
    assertThat(folder.resolve("killed/data.jsonl")).hasContent("{}");
    assertThat(resumed.resolve("model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("model.safetensors"));
    assertThat(folder.resolve("killed/checkpoints")).doesNotExist();
    try (Stream<Path> files = Files.list(folder.resolve("killed"))) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith("events.out.tfevents")))
          .as("TensorBoard's, one per try")
          .hasSize(2);
    }
  }

  @Test
  void earlyStoppingTakesTheBestWeights() throws IOException {
    // random completions can't be learned: the validation loss rises soon
    Path stopped = train("early", new SftSchedule(50, 0, 0.2, 1, 3, 0), StageTrainingTest::nothing);
    List<JsonNode> metrics = new RunSteps(folder.resolve("early")).metrics();
    assertThat(metrics.size()).isLessThan(100);
    int best = metrics.size() - 3;
    Path untilBest =
        train("best", new SftSchedule(50, best, 0.2, 1, 0, 0), StageTrainingTest::nothing);
    assertThat(stopped.resolve("model.safetensors"))
        .hasSameBinaryContentAs(untilBest.resolve("model.safetensors"));
  }

  @Test
  void nanIsFoundAsInARun() {
    BiConsumer<StepReport, PolicyModel> plant =
        (report, policy) -> {
          if (report.step() == 1) {
            policy.parameters().get(0).value().set(new NDIndex(":"), Float.NaN);
          }
        };
    assertThatThrownBy(() -> train("nan", new SftSchedule(1, 9, 0, 0, 0, 0), plant))
        .isInstanceOf(HealthException.class)
        .hasMessageContaining("5 updates in a row were skipped");
    assertThat(said).anyMatch(line -> line.contains("step 3: the loss is NaN (weights "));
  }

  private static void nothing(StepReport report, PolicyModel policy) {}

  private List<Long> steps(String name) throws IOException {
    return new RunSteps(folder.resolve(name))
        .metrics().stream().map(line -> line.get("step").asLong()).toList();
  }

  private Path train(String name, SftSchedule schedule, BiConsumer<StepReport, PolicyModel> heard)
      throws IOException {
    Path stage = Files.createDirectories(folder.resolve(name));
    SftPlan plan = new SftPlan(schedule, 4, examples(), 7);
    boolean early = schedule.earlyStoppingPatience() > 0;
    CheckpointConfig checkpoints =
        new CheckpointConfig(
            Math.max(1, schedule.saveSteps()),
            1,
            early ? "eval_loss" : "",
            false,
            early,
            CheckpointConfig.IfDamaged.USE_PREVIOUS);
    ModelDirectory directory = ModelDirectory.open(model);
    try (PolicyModel policy =
            new PolicyModel(directory.config(), directory, ComputeType.FLOAT32, Device.cpu());
        AdamW optimizer = new AdamW(OPTIMIZER, policy.parameters());
        StageTraining training =
            new StageTraining(
                stage,
                checkpoints,
                HealthConfig.defaults(),
                plan.totalSteps(),
                said::add,
                report -> heard.accept(report, policy))) {
      SftCourse course = new SftCourse(plan, 1000, training.around(policy, optimizer));
      training.restore(course::restore);
      course.train();
      return training.finish(policy, model, course.finished());
    }
  }

  private static List<Sample> examples() {
    Random random = new Random(3);
    return LongStream.range(0, 20)
        .mapToObj(
            i -> Sample.toLearn(random.ints(3, 3, 60).toArray(), random.ints(4, 3, 60).toArray()))
        .toList();
  }
}
