package org.r1zero.grpo.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/**
 * A decoder with its weights: fp32 masters that an optimizer may change, computing in fp32 or bf16.
 *
 * <p>The forward and backward pass for training is {@code decoder.py} beside this class; the
 * forward pass for sampling is {@code generation.py}.
 */
public final class PolicyModel implements AutoCloseable {
  private final DecoderConfig config;
  private final ComputeType computeType;
  private final Scope scope;
  private final TorchModule generation;
  private final List<NDArray> weights;
  private final List<Parameter> parameters;
  private final List<@Nullable Parameter> slots;
  private final NDArray absent;
  private final TrainingNetwork training;
  private final Parameter head;
  private final NDArray cos;
  private final NDArray sin;
  private boolean gradientCheckpointing;

  /** Where weights come from, by Hugging Face name. */
  public interface WeightSource {
    /**
     * All values of one tensor, row by row, in fp32.
     *
     * @param name such as {@code model.norm.weight}
     */
    FloatBuffer read(String name);
  }

  /**
   * Puts a model on a device.
   *
   * @param config its shape
   * @param source its weights
   * @param computeType what to compute in
   * @param device where
   */
  public PolicyModel(
      DecoderConfig config, WeightSource source, ComputeType computeType, Device device) {
    this.config = config;
    this.computeType = computeType;
    this.scope = Torch.openScope(device);
    Map<String, Object> attributes = attributes(config, computeType, device);
    this.generation = load("generation.py", "Generation", attributes);
    this.weights = new ArrayList<>();
    this.parameters = new ArrayList<>();
    this.slots = new ArrayList<>();
    this.absent = scope.floats(0f);
    for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
      if (slot == null) {
        weights.add(absent);
        slots.add(null);
      } else {
        Parameter parameter = new Parameter(slot, read(slot, source));
        parameters.add(parameter);
        slots.add(parameter);
        weights.add(parameter.value());
      }
    }
    this.head = parameters.get(parameters.size() - (config.tieWordEmbeddings() ? 2 : 1));
    weights.set(weights.size() - 1, head.value());
    RotaryEmbedding rotary = RotaryEmbedding.of(config);
    this.cos = scope.keep(scope.floats(rotary.cos()).reshape(rotary.shape()));
    this.sin = scope.keep(scope.floats(rotary.sin()).reshape(rotary.shape()));
    this.training = new TrainingNetwork(scope, config, computeType, cos, sin);
  }

  private TorchModule load(String resource, String name, Map<String, Object> attributes) {
    return TorchModule.load(scope, PolicyModel.class, resource, name, attributes);
  }

  private NDArray read(ParameterLayout.Slot slot, WeightSource source) {
    Shape shape = new Shape(slot.shape());
    FloatBuffer all = FloatBuffer.allocate(Math.toIntExact(shape.size()));
    for (ParameterLayout.Part part : slot.parts()) {
      FloatBuffer values = source.read(part.name());
      int wanted = part.rows() * Math.max(1, slot.columns());
      if (values.remaining() != wanted) {
        throw new IllegalArgumentException(
            part.name() + " must have " + wanted + " values, had " + values.remaining());
      }
      all.put(values);
    }
    return scope.floats(all.array()).reshape(shape);
  }

  /** This model's shape. */
  public DecoderConfig config() {
    return config;
  }

  /** What it computes in. */
  public ComputeType computeType() {
    return computeType;
  }

  /** Where its arrays are. */
  public Device device() {
    return scope.manager().getDevice();
  }

  /** All trainable arrays; query, key and value projections are one, gate and up are one. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }

  /** How many numbers it has. */
  public long parameterCount() {
    return parameters.stream().mapToLong(p -> p.value().size()).sum();
  }

  /** The typed calls that generation is made of, on this model's own weights. */
  public DecodingKernels decoding() {
    return new DecodingKernels(config, computeType, generation, weights, cos, sin);
  }

  /**
   * Log-probabilities of a batch's completion tokens, with what backward needs.
   *
   * @param batch at most the model's context long
   * @param temperature the logits are divided by it, as in sampling; above 0
   * @param scope owns the result and, for backward, the kept activations
   */
  public TokenLogProbs logProbsForTraining(TokenBatch batch, double temperature, Scope scope) {
    return logProbs(
        weights, batch, temperature, gradientCheckpointing ? Keep.INPUTS : Keep.ALL, scope);
  }

  /** The same without keeping activations: less memory, no backward. */
  public TokenLogProbs logProbs(TokenBatch batch, double temperature, Scope scope) {
    return logProbs(weights, batch, temperature, Keep.NOTHING, scope);
  }

  private TokenLogProbs logProbs(
      List<NDArray> from, TokenBatch batch, double temperature, Keep keep, Scope scope) {
    BatchPlan plan = BatchPlan.of(batch, config.maxPositionEmbeddings(), scope);
    TrainingNetwork.Pass pass = training.forward(from, plan, keep, scope);
    List<NDArray> outputs = training.tokenLogProbs(from, pass, temperature, scope);
    return new TokenLogProbs(this, scope, pass, outputs, temperature);
  }

  void backward(
      TrainingNetwork.Pass pass,
      List<NDArray> outputs,
      NDArray byLogProb,
      NDArray byEntropy,
      boolean withEntropy,
      double temperature,
      Scope scope) {
    training.backward(
        weights, pass, outputs, byLogProb, byEntropy, withEntropy, temperature, gradients(), scope);
  }

  float[] greedyMatches(TrainingNetwork.Pass pass, Scope scope) {
    return training.greedyMatches(weights, pass, scope);
  }

  /** See {@link ReverseKl}. */
  float[] reverseKl(
      PolicyModel teacher, TokenBatch batch, double temperature, double weight, Scope scope) {
    int context = Math.min(config.maxPositionEmbeddings(), teacher.config.maxPositionEmbeddings());
    BatchPlan plan = BatchPlan.of(batch, context, scope);
    NDArray taught = teacher.training.forward(teacher.weights, plan, Keep.NOTHING, scope).hidden();
    Keep keep = gradientCheckpointing ? Keep.INPUTS : Keep.ALL;
    TrainingNetwork.Pass pass = training.forward(weights, plan, keep, scope);
    NDArray teacherHead = teacher.weights.get(teacher.weights.size() - 1);
    return training.reverseKl(
        weights, pass, taught, teacherHead, temperature, weight, gradients(), scope);
  }

  private TrainingNetwork.Gradients gradients() {
    List<NDArray> all = new ArrayList<>();
    for (@Nullable Parameter parameter : slots) {
      all.add(parameter == null ? absent : parameter.gradient());
    }
    return new TrainingNetwork.Gradients(all, head.gradient(), List.of(), List.of(), 1);
  }

  /**
   * Whether training keeps each block's input only and computes the rest again for backward: a
   * third more computing for a fraction of the memory. Off at first.
   */
  public void setGradientCheckpointing(boolean on) {
    gradientCheckpointing = on;
  }

  /**
   * Copies a tensor's weights.
   *
   * @param name its Hugging Face name
   * @return fp32, row by row
   */
  public FloatBuffer tensor(String name) {
    return copyPart(name, Parameter::value);
  }

  /** Copies the gradient of a tensor under its Hugging Face name. */
  public FloatBuffer gradient(String name) {
    return copyPart(name, Parameter::gradient);
  }

  private FloatBuffer copyPart(String name, Function<Parameter, NDArray> array) {
    for (Parameter parameter : parameters) {
      long start = 0;
      for (ParameterLayout.Part part : parameter.parts()) {
        if (part.name().equals(name)) {
          try (Scope copy = scope.open()) {
            NDArray rows =
                array.apply(parameter).get(new NDIndex("{}:{}", start, start + part.rows()));
            rows.attach(copy.manager());
            return FloatBuffer.wrap(rows.toFloatArray());
          }
        }
        start += part.rows();
      }
    }
    throw new IllegalArgumentException("this model has no tensor " + name);
  }

  @Override
  public void close() {
    scope.close();
  }

  private static Map<String, Object> attributes(DecoderConfig c, ComputeType type, Device device) {
    Map<String, Object> attributes = TrainingNetwork.attributes(c, type);
    ComputeType attention = device.isGpu() ? type : ComputeType.FLOAT32;
    attributes.put("attention_dtype", (long) attention.scalarType());
    return attributes;
  }
}
