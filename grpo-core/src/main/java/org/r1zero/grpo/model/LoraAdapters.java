package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;

/**
 * The low-rank adapters of a model, trained in place of its weights: a target's weight is {@code W
 * + scaling B A}, with {@code A [r, in]} and {@code B [out, r]} in fp32 and {@code W} frozen, in
 * the type that is computed in.
 *
 * <p>The sum is what the network computes with, in training as in sampling, so the two agree; it is
 * made again after each change of an adapter.
 */
public final class LoraAdapters {
  private final LoraConfig config;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<NDArray> arrays = new ArrayList<>();
  private final List<@Nullable Parameter> slots = new ArrayList<>();
  private final List<NDArray> base;
  private final List<NDArray> merged;

  /** Begins as PEFT does: A uniform in ±1/sqrt(in), B zero, so that the model is the base. */
  LoraAdapters(LoraConfig config, DecoderConfig model, List<NDArray> base, long seed, Scope scope) {
    this.config = config;
    this.base = base;
    this.merged = new ArrayList<>(base);
    SplittableRandom random = new SplittableRandom(seed);
    NDArray none = scope.manager().zeros(new Shape(0));
    List<ParameterLayout.@Nullable Slot> layout = ParameterLayout.of(model);
    for (int s = 0; s < layout.size() - 3; s++) {
      ParameterLayout.Slot slot = layout.get(s);
      if (slot != null && slot.columns() > 0) {
        for (ParameterLayout.Part part : slot.parts()) {
          add(slot, part, random.split(), none, scope);
        }
        boolean targeted = slot.parts().stream().anyMatch(p -> isTarget(p.name()));
        merged.set(s, targeted ? base.get(s).duplicate() : base.get(s));
      }
    }
  }

  private void add(
      ParameterLayout.Slot slot,
      ParameterLayout.Part part,
      SplittableRandom random,
      NDArray none,
      Scope scope) {
    if (!isTarget(part.name())) {
      arrays.add(none);
      arrays.add(none);
      slots.add(null);
      slots.add(null);
      return;
    }
    int in = slot.columns();
    float[] values = new float[config.r() * in];
    double bound = 1 / Math.sqrt(in);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    NDArray a = scope.keep(scope.floats(values).reshape(new Shape(config.r(), in)));
    NDArray b = scope.manager().zeros(new Shape(part.rows(), config.r()));
    String module = "base_model.model." + part.name().replaceFirst("\\.weight$", "");
    add(module + ".lora_A.weight", in, config.r(), a);
    add(module + ".lora_B.weight", config.r(), part.rows(), b);
  }

  private void add(String name, int columns, int rows, NDArray value) {
    List<ParameterLayout.Part> whole = List.of(new ParameterLayout.Part(name, rows));
    Parameter parameter = new Parameter(new ParameterLayout.Slot(name, columns, whole), value);
    parameters.add(parameter);
    slots.add(parameter);
    arrays.add(value);
  }

  private boolean isTarget(String weight) {
    return config.targetModules().stream().anyMatch(t -> weight.endsWith("." + t + ".weight"));
  }

  /** Rank, scaling and targets. */
  public LoraConfig config() {
    return config;
  }

  /** The adapters' parts, each under its name in PEFT's files. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** The shape of each part by its name in PEFT's files, in order. */
  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      shapes.put(parameter.name(), parameter.value().getShape().getShape());
    }
    return shapes;
  }

  /** How often optimizers have changed the parts, together. */
  long updates() {
    return parameters.stream().mapToLong(Parameter::updates).sum();
  }

  /** The frozen weights, in the order of {@link ParameterLayout}. */
  List<NDArray> base() {
    return base;
  }

  /** The weights with adapters added, as they were when {@link TrainingNetwork#merge} last ran. */
  List<NDArray> merged() {
    return merged;
  }

  /** Fourteen a layer: A and B of each of {@link LoraConfig#TARGETS}, empty where there is none. */
  List<NDArray> arrays() {
    return arrays;
  }

  /** Gradients in the order of {@link #arrays}. */
  List<NDArray> gradients() {
    List<NDArray> gradients = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      Parameter parameter = slots.get(i);
      gradients.add(parameter == null ? arrays.get(i) : parameter.gradient());
    }
    return gradients;
  }
}
