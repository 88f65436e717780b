package org.r1zero.grpo;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.r1zero.grpo.checkpoint.Checkpoint;
import org.r1zero.grpo.checkpoint.TrainingState;
import org.r1zero.grpo.data.Minibatch;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.torch.ArrayBlocks;
import org.r1zero.grpo.torch.DeviceClock;

/**
 * The loop that every kind of training runs: steps of one or more updates. An update adds up the
 * gradient of its parts, is looked at by the health monitor, clipped and applied; a step ends with
 * its report, after which the boundary keeps the state or ends training.
 */
public final class UpdateLoop {
  private final Surroundings around;
  private final Objective objective;
  private final long steps;
  private final long totalUpdates;
  private long step;
  private long updates;
  private long tokensSeen;

  /**
   * Starts before the first step.
   *
   * @param steps of the whole training
   * @param totalUpdates in all of them, which the learning rate's schedule goes by
   */
  public UpdateLoop(Surroundings around, Objective objective, long steps, long totalUpdates) {
    this.around = around;
    this.objective = objective;
    this.steps = steps;
    this.totalUpdates = totalUpdates;
  }

  /**
   * Runs from where it is until the last step, or until the boundary ends it.
   *
   * @param work the updates of one step
   * @param state what the boundary may keep: {@link #state} and what the caller adds
   */
  public void run(Consumer<StepMetrics> work, Supplier<TrainingState> state) {
    DeviceClock clock = DeviceClock.of(around.policy().device());
    while (step < steps) {
      StepMetrics metrics = new StepMetrics(tokensSeen, clock);
      work.accept(metrics);
      tokensSeen = metrics.tokensSeen();
      Map<String, Double> all = metrics.finish();
      all.putAll(around.health().endStep(step, all));
      StepReport report = new StepReport(step, all);
      step++;
      if (!around.boundary().passed(report, state)) {
        return;
      }
    }
  }

  /**
   * Makes an update.
   *
   * @param batch all updates that share the step's samples, this one among them
   */
  public void update(Minibatch minibatch, List<Minibatch> batch, StepMetrics metrics) {
    List<PartReport> parts =
        around
            .learners()
            .compute(
                updates,
                around.policy(),
                minibatch.micros(),
                objective.work(UpdateSize.of(minibatch, batch)),
                around.optimizer()::discardGradients);
    parts.forEach(metrics::add);
    double rate = around.optimizer().rateAt(updates, totalUpdates);
    double gradNorm = Double.NaN;
    if (around
        .health()
        .mayUpdate(step, metrics.updateLoss(), metrics.samplingGap(), this::nanPlace)) {
      gradNorm = around.optimizer().step(rate); // clips, updates, zeroes the gradients
      around.health().updated(step, gradNorm);
    } else {
      around.optimizer().discardGradients();
    }
    updates++;
    metrics.addUpdate(gradNorm, rate);
    objective.updated(updates, around.policy(), parts, metrics);
  }

  /** Which weights are not numbers, in words. */
  private String nanPlace() {
    for (Parameter parameter : around.policy().parameters()) {
      OptionalDouble fault = ArrayBlocks.firstNotFinite(parameter.value());
      if (fault.isPresent()) {
        return "weights " + parameter.name() + " hold " + fault.getAsDouble();
      }
    }
    return "the weights are finite: it came with this step's samples or rewards";
  }

  /** Finished steps. */
  public long step() {
    return step;
  }

  /** Optimizer updates so far. */
  public long updates() {
    return updates;
  }

  /** Weights, optimizer, counters and health: the next step depends on no more of the loop. */
  public TrainingState state() {
    ObjectNode values = JsonNodeFactory.instance.objectNode();
    values.put("step", step);
    values.put("updates", updates);
    values.put("num_tokens", tokensSeen);
    values.set("health", around.health().state());
    return TrainingState.of(step, around.policy(), around.optimizer(), values);
  }

  /** Goes back, or on, to where {@link #state} was taken. */
  public void restore(Checkpoint checkpoint) {
    restore(checkpoint, Map.of());
  }

  /**
   * The same with arrays besides those of the loop.
   *
   * @param besides what the caller added to the state, by name
   */
  public void restore(Checkpoint checkpoint, Map<String, NDArray> besides) {
    Map<String, NDArray> tensors = TrainingState.tensors(around.policy(), around.optimizer());
    tensors.putAll(besides);
    checkpoint.restore(tensors);
    around.policy().parameters().forEach(Parameter::updated);
    ObjectNode values = checkpoint.values();
    step = checkpoint.step();
    updates = values.path("updates").asLong(step);
    tokensSeen = values.path("num_tokens").asLong();
    around.health().restore(values.withObject("/health"));
  }
}
