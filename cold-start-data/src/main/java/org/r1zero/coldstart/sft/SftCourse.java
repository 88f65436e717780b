package org.r1zero.coldstart.sft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.r1zero.grpo.CrossEntropy;
import org.r1zero.grpo.StepMetrics;
import org.r1zero.grpo.Surroundings;
import org.r1zero.grpo.UpdateLoop;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.data.BatchPacker;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.model.PolicyModel;

/** Supervised training by a plan, with validation and early stop. */
public final class SftCourse {
  private final SftPlan plan;
  private final PolicyModel policy;
  private final BatchPacker packer;
  private final UpdateLoop loop;
  private double bestLoss = Double.POSITIVE_INFINITY;
  private int withoutGain;
  private boolean stopped;

  /**
   * Starts before the first step.
   *
   * @param microBatchTokens most tokens in one forward and backward pass
   */
  public SftCourse(SftPlan plan, int microBatchTokens, Surroundings around) {
    this.plan = plan;
    this.policy = around.policy();
    this.packer = new BatchPacker(1, microBatchTokens);
    Surroundings untilStopped =
        around.withBoundary((report, state) -> around.boundary().passed(report, state) && !stopped);
    this.loop =
        new UpdateLoop(untilStopped, new CrossEntropy(), plan.totalSteps(), plan.totalSteps());
  }

  /** Trains from where it is to the end, or until the boundary or validation ends it. */
  public void train() {
    if (!stopped) {
      loop.run(this::step, this::state);
    }
  }

  private void step(StepMetrics metrics) {
    long step = loop.step();
    List<Minibatch> update = pack(plan.batch(step));
    loop.update(update.get(0), update, metrics);
    metrics.endTraining();
    metrics.addTokens(plan.trainedTokens(step));
    metrics.put("epoch", (step + 1) / (double) plan.stepsPerEpoch());
    if (plan.validationIsDue(step + 1)) {
      validate(metrics);
    }
  }

  /** As one update, each example with a prompt of its own. */
  private List<Minibatch> pack(List<Sample> examples) {
    return packer.pack(examples.stream().map(List::of).toList(), plan.seed());
  }

  private void validate(StepMetrics metrics) {
    CrossEntropy.measure(policy, pack(plan.held()).get(0).micros())
        .means()
        .forEach((name, value) -> metrics.put("eval_" + name, value));
    double loss = metrics.get("eval_loss");
    if (loss < bestLoss) {
      bestLoss = loss;
      withoutGain = 0;
    } else {
      withoutGain++;
      int patience = plan.schedule().earlyStoppingPatience();
      stopped = patience > 0 && withoutGain >= patience;
    }
  }

  /** All that the next step depends on besides plan and options. */
  public TrainingState state() {
    TrainingState state = loop.state();
    ObjectNode course = state.values().putObject("course");
    course.put("without_gain", withoutGain).put("stopped", stopped);
    if (Double.isFinite(bestLoss)) {
      course.put("best_loss", bestLoss);
    }
    return state;
  }

  /** Goes on from where {@link #state} was taken. */
  public void restore(Checkpoint checkpoint) {
    loop.restore(checkpoint);
    ObjectNode course = checkpoint.values().withObject("/course");
    bestLoss = course.path("best_loss").asDouble(Double.POSITIVE_INFINITY);
    withoutGain = course.path("without_gain").asInt();
    stopped = course.path("stopped").asBoolean();
  }

  /** Whether the last step is done, or validation ended training early. */
  public boolean finished() {
    return stopped || loop.step() >= plan.totalSteps();
  }
}
