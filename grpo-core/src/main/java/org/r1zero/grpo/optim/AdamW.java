package org.r1zero.grpo.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.r1zero.grpo.model.NativeUpdate;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/**
 * AdamW (arXiv:1711.05101) on a model's fp32 master weights, with gradient clipping, by the native
 * kernels or by ATen's fused kernel: the same numbers as {@code torch.optim.AdamW}.
 */
public final class AdamW implements AutoCloseable {
  /** Numbers whose moments are on the GPU at once: half a gigabyte. */
  private static final long STRETCH = 1 << 26;

  private final OptimizerConfig config;
  private final List<Parameter> parameters;
  private final long stretch;
  private final Scope scope;
  private final Scope moments;
  private final TorchModule kernels;
  private final boolean isNative;
  private final List<NDArray> values = new ArrayList<>();
  private final List<NDArray> means = new ArrayList<>();
  private final List<NDArray> variances = new ArrayList<>();
  private final List<NDArray> steps = new ArrayList<>();

  /** Starts with zero moments. */
  public AdamW(OptimizerConfig config, List<Parameter> parameters) {
    this(
        config,
        parameters,
        config.offload() && parameters.get(0).value().getDevice().isGpu() ? STRETCH : 0);
  }

  /**
   * The same with moments on a CPU.
   *
   * @param stretch numbers whose moments come to the parameters' device at once; 0 has the moments
   *     there
   */
  AdamW(OptimizerConfig config, List<Parameter> parameters, long stretch) {
    this.config = config;
    this.parameters = List.copyOf(parameters);
    this.stretch = stretch;
    this.scope = Torch.openScope(parameters.get(0).value().getDevice());
    this.moments = stretch > 0 ? Torch.openScope(Device.cpu()) : scope.open();
    this.kernels = TorchModule.load(scope, AdamW.class, "optimizer.py", "Optimizer", Map.of());
    for (Parameter parameter : parameters) {
      values.add(parameter.value());
      means.add(moments.manager().zeros(parameter.value().getShape()));
      variances.add(moments.manager().zeros(parameter.value().getShape()));
      steps.add(scope.manager().zeros(new Shape()));
    }
    this.isNative = stretch == 0 && NativeUpdate.isPossible(values);
  }

  /**
   * The learning rate of an update: {@link OptimizerConfig#rateAt}.
   *
   * @param update updates done so far
   * @param total updates in the whole training
   */
  public double rateAt(long update, long total) {
    return config.rateAt(update, total);
  }

  /**
   * Clips the collected gradients, updates the weights in place, and zeroes the gradients.
   *
   * @param learningRate of this update
   * @return the gradients' global L2 norm before clipping; where it is not finite nothing is
   *     updated
   */
  public double step(double learningRate) {
    List<NDArray> gradients = parameters.stream().map(Parameter::gradient).toList();
    if (isNative) {
      double norm =
          NativeUpdate.adamW(
              values,
              gradients,
              means,
              variances,
              steps,
              learningRate,
              config.adamBeta1(),
              config.adamBeta2(),
              config.weightDecay(),
              config.adamEpsilon(),
              config.maxGradNorm());
      if (Double.isFinite(norm)) {
        parameters.forEach(Parameter::updated);
      }
      return norm;
    }
    try (Scope step = scope.open()) {
      NDArray norm = kernels.call(step, "clip", gradients, config.maxGradNorm());
      double gradNorm = norm.getFloat();
      if (Double.isFinite(gradNorm)) {
        kernels.callForEffect("count", steps);
        if (stretch > 0) {
          for (int i = 0; i < values.size(); i++) {
            updateByStretches(i, gradients.get(i), learningRate, step);
          }
        } else {
          update(values, gradients, means, variances, steps, learningRate);
        }
        parameters.forEach(Parameter::updated);
      }
      kernels.callForEffect("zero", gradients);
      return gradNorm;
    }
  }

  private void update(
      List<NDArray> some,
      List<NDArray> gradients,
      List<NDArray> first,
      List<NDArray> second,
      List<NDArray> counts,
      double learningRate) {
    kernels.callForEffect(
        "adamw",
        some,
        gradients,
        first,
        second,
        counts,
        learningRate,
        config.adamBeta1(),
        config.adamBeta2(),
        config.weightDecay(),
        config.adamEpsilon());
  }

  /** Has a parameter's moments come to it, and takes them back. */
  private void updateByStretches(int i, NDArray gradient, double learningRate, Scope step) {
    NDArray mean = means.get(i);
    NDArray variance = variances.get(i);
    long size = mean.size();
    for (long start = 0; start < size; start += stretch) {
      long end = Math.min(size, start + stretch);
      try (Scope own = step.open()) {
        List<NDArray> near =
            kernels.callForList(own, "fetch", values.get(i), gradient, mean, variance, start, end);
        update(
            List.of(near.get(0)),
            List.of(near.get(1)),
            List.of(near.get(2)),
            List.of(near.get(3)),
            List.of(steps.get(i)),
            learningRate);
        kernels.callForEffect("store", mean, variance, near.get(2), near.get(3), start, end);
      }
    }
  }

  /**
   * All that the next update depends on besides weights and options: for each parameter the means,
   * the mean squares and the number of its updates.
   *
   * @return the live arrays, fp32, by a name that starts with the parameter's
   */
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      state.put(name + ".exp_avg", means.get(i));
      state.put(name + ".exp_avg_sq", variances.get(i));
      state.put(name + ".step", steps.get(i));
    }
    return state;
  }

  /** Zeroes the collected gradients without an update. */
  public void discardGradients() {
    kernels.callForEffect("zero", parameters.stream().map(Parameter::gradient).toList());
  }

  @Override
  public void close() {
    moments.close();
    scope.close();
  }
}
