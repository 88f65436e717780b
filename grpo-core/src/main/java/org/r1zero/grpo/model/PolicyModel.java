package org.r1zero.grpo.model;

import static java.util.Objects.requireNonNull;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
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
 * <p>The forward pass for training is {@code decoder.py} beside this class, read from top to
 * bottom; that for sampling is {@code generation.py}.
 */
public final class PolicyModel implements AutoCloseable {
  /** Rows of logits computed at once: bounds memory to {@code CHUNK * V} floats. */
  private static final long CHUNK = 512;

  private final DecoderConfig config;
  private final ComputeType computeType;
  private final Scope scope;
  private final TorchModule decoder;
  private final TorchModule generation;
  private final List<NDArray> weights;
  private final List<Parameter> parameters;
  private final @Nullable Parameter head;
  private final NDArray cos;
  private final NDArray sin;

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
    this.decoder = load("decoder.py", "Decoder", attributes);
    this.generation = load("generation.py", "Generation", attributes);
    this.weights = new ArrayList<>();
    this.parameters = new ArrayList<>();
    NDArray absent = scope.floats(0f);
    for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
      if (slot == null) {
        weights.add(absent);
      } else {
        Parameter parameter = new Parameter(slot, read(slot, source));
        parameters.add(parameter);
        weights.add(parameter.value());
      }
    }
    Parameter last = parameters.get(parameters.size() - (config.tieWordEmbeddings() ? 2 : 1));
    this.head = last;
    weights.set(weights.size() - 1, last.value());
    RotaryEmbedding rotary = RotaryEmbedding.of(config);
    this.cos = scope.keep(scope.floats(rotary.cos()).reshape(rotary.shape()));
    this.sin = scope.keep(scope.floats(rotary.sin()).reshape(rotary.shape()));
  }

  private PolicyModel(
      DecoderConfig config, ComputeType computeType, Device device, List<NDArray> arrays) {
    this.config = config;
    this.computeType = computeType;
    this.scope = Torch.openScope(device);
    Map<String, Object> attributes = attributes(config, computeType, device);
    this.decoder = load("decoder.py", "Decoder", attributes);
    this.generation = load("generation.py", "Generation", attributes);
    this.weights = new ArrayList<>();
    this.parameters = List.of();
    this.head = null;
    NDArray absent = scope.floats(0f);
    Iterator<NDArray> present = arrays.iterator();
    for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
      weights.add(slot == null ? absent : present.next());
    }
    int last = weights.size() - 1;
    weights.set(last, weights.get(config.tieWordEmbeddings() ? last - 2 : last));
    RotaryEmbedding rotary = RotaryEmbedding.of(config);
    this.cos = scope.keep(scope.floats(rotary.cos()).reshape(rotary.shape()));
    this.sin = scope.keep(scope.floats(rotary.sin()).reshape(rotary.shape()));
  }

  /**
   * A policy that samples but is not trained.
   *
   * @param arrays one for each parameter, in their order and shapes, in the compute type; they stay
   *     the caller's
   */
  static PolicyModel frozen(
      DecoderConfig config, ComputeType computeType, Device device, List<NDArray> arrays) {
    return new PolicyModel(config, computeType, device, arrays);
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
   * @param scope owns the result and, for backward, the recorded activations
   */
  public TokenLogProbs logProbsForTraining(TokenBatch batch, double temperature, Scope scope) {
    return Torch.withGrad(() -> logProbs(batch, temperature, scope));
  }

  /** The same without recording: less memory, no backward. */
  public TokenLogProbs logProbs(TokenBatch batch, double temperature, Scope scope) {
    BatchArrays arrays = BatchArrays.of(batch, config.maxPositionEmbeddings(), scope);
    NDArray hidden =
        decoder.call(
            scope,
            "hidden",
            weights,
            cos,
            sin,
            arrays.tokens(),
            arrays.positions(),
            arrays.promptSlots(),
            arrays.slots(),
            arrays.real(),
            arrays.owner(),
            arrays.promptLengths(),
            arrays.wanted());
    NDArray detached = hidden.stopGradient();
    detached.attach(scope.manager());
    List<NDArray> outputs =
        Torch.withoutGrad(
            () ->
                decoder.callForList(
                    scope,
                    "token_log_probs",
                    detached,
                    weights.get(weights.size() - 1),
                    arrays.targets(),
                    1.0 / temperature,
                    CHUNK));
    return new TokenLogProbs(
        this, scope, hidden, arrays.targets(), outputs, temperature, Torch.isRecording());
  }

  void backward(
      Scope scope,
      NDArray hidden,
      NDArray targets,
      NDArray normalisers,
      NDArray entropies,
      NDArray gradLogProbs,
      NDArray gradEntropies,
      boolean withEntropy,
      double temperature) {
    Parameter trained = requireNonNull(head, "a snapshot can't be trained");
    NDArray detached = hidden.stopGradient();
    detached.attach(scope.manager());
    NDArray gradHidden =
        decoder.call(
            scope,
            "token_log_probs_backward",
            detached,
            trained.value(),
            targets,
            normalisers,
            entropies,
            gradLogProbs,
            gradEntropies,
            withEntropy,
            1.0 / temperature,
            CHUNK,
            trained.gradient());
    Torch.backward(hidden, gradHidden);
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
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("layers", (long) c.layers());
    attributes.put("heads", (long) c.heads());
    attributes.put("kv_heads", (long) c.keyValueHeads());
    attributes.put("head_dim", (long) c.headDim());
    attributes.put("eps", c.rmsNormEps());
    attributes.put("qkv_bias", c.qkvBias());
    attributes.put("output_bias", c.outputBias());
    attributes.put("mlp_bias", c.mlpBias());
    attributes.put("qk_norm", c.qkNorm());
    attributes.put("dtype", (long) type.scalarType());
    ComputeType attention = device.isGpu() ? type : ComputeType.FLOAT32;
    attributes.put("attention_dtype", (long) attention.scalarType());
    return attributes;
  }
}
