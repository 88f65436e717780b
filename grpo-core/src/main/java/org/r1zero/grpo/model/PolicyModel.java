package org.r1zero.grpo.model;

import static java.util.Objects.requireNonNull;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.ArrayBlocks;
import org.r1zero.grpo.torch.DeviceClock;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/**
 * A decoder with its weights: fp32 masters that an optimizer may change, computing in fp32 or bf16;
 * weights that stay frozen are kept in the type that is computed in.
 *
 * <p>The forward and backward pass for training is {@code decoder.py} beside this class; the
 * forward pass for sampling is {@code generation.py}.
 */
public final class PolicyModel implements AutoCloseable {
  private static final int COPIED_AT_ONCE = 1 << 20;

  /** What larger models gain in lanes, they lose by reading their weights twice. */
  private static final long MOST_IN_LANES = 1 << 24;

  private final DecoderConfig config;
  private final ComputeType computeType;
  private final Scope scope;
  private final TorchModule generation;
  private final TorchModule packedGeneration;
  private final boolean packs;
  private final List<NDArray> weights;
  private final List<Parameter> parameters;
  private final List<@Nullable Parameter> slots;
  private final NDArray absent;
  private final NDArray frozenHead;
  private final TrainingNetwork training;
  private final Parameter head;
  private final NDArray cos;
  private final NDArray sin;
  private final @Nullable LoraAdapters adapters;
  private final DeviceClock clock;
  private long mergedVersion = -1;
  private boolean gradientCheckpointing;
  private long forwardNanos;
  private long backwardNanos;

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
   * Puts a model on a device, all of its weights to be trained.
   *
   * @param config its shape
   * @param source its weights
   * @param computeType what to compute in
   * @param device where
   */
  public PolicyModel(
      DecoderConfig config, WeightSource source, ComputeType computeType, Device device) {
    this(config, source, computeType, device, LoraConfig.defaults(), 0);
  }

  /**
   * The same, but where {@code lora} has a rank only adapters are trained.
   *
   * @param seed decides what the adapters begin as
   */
  public PolicyModel(
      DecoderConfig config,
      WeightSource source,
      ComputeType computeType,
      Device device,
      LoraConfig lora,
      long seed) {
    this(
        config,
        computeType,
        device,
        lora,
        seed,
        lora.enabled() && computeType != ComputeType.FLOAT32,
        (slot, scope) -> read(slot, source, scope));
  }

  /**
   * Puts a model on a device that is not trained, such as the reference of a KL term: its weights
   * lie there in the compute type, at half of fp32's memory where that is bf16, and give the same
   * numbers, since the network computes with them in that type anyway.
   */
  public static PolicyModel frozen(
      DecoderConfig config, WeightSource source, ComputeType computeType, Device device) {
    return new PolicyModel(
        config,
        computeType,
        device,
        LoraConfig.defaults(),
        0,
        computeType != ComputeType.FLOAT32,
        (slot, scope) -> read(slot, source, scope));
  }

  /** Where a parameter's array comes from. */
  private interface Arrays {
    NDArray get(ParameterLayout.Slot slot, Scope scope);
  }

  private PolicyModel(
      DecoderConfig config,
      ComputeType computeType,
      Device device,
      LoraConfig lora,
      long seed,
      boolean narrow,
      Arrays arrays) {
    computeType.requireOn(device);
    this.config = config;
    this.computeType = computeType;
    this.scope = Torch.openScope(device);
    this.clock = DeviceClock.of(device);
    Map<String, Object> attributes = attributes(config, computeType, device);
    attributes.put("packed", false);
    this.generation = load("generation.py", "Generation", attributes);
    this.packs = PackedProducts.work(computeType, device);
    attributes.put("packed", packs);
    this.packedGeneration = load("generation.py", "Generation", attributes);
    List<NDArray> read = new ArrayList<>();
    this.parameters = new ArrayList<>();
    this.slots = new ArrayList<>();
    this.absent = scope.floats(0f);
    this.frozenHead = scope.manager().zeros(new Shape(0));
    for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
      if (slot == null) {
        read.add(absent);
        slots.add(null);
      } else {
        NDArray array = arrays.get(slot, scope);
        Parameter parameter = new Parameter(slot, narrow ? narrowed(array) : array);
        parameters.add(parameter);
        slots.add(parameter);
        read.add(parameter.value());
      }
    }
    this.head = parameters.get(parameters.size() - (config.tieWordEmbeddings() ? 2 : 1));
    read.set(read.size() - 1, head.value());
    this.adapters = lora.enabled() ? new LoraAdapters(lora, config, read, seed, scope) : null;
    this.weights = adapters == null ? read : adapters.merged();
    RotaryEmbedding rotary = RotaryEmbedding.of(config);
    this.cos = scope.keep(scope.floats(rotary.cos()).reshape(rotary.shape()));
    this.sin = scope.keep(scope.floats(rotary.sin()).reshape(rotary.shape()));
    this.training = new TrainingNetwork(scope, config, computeType, cos, sin, lora.enabled());
  }

  /**
   * A policy that samples but is not trained.
   *
   * @param lora adapters are added to copies of the arrays that have one, which must be filled
   * @param arrays one for each parameter, in their order and shapes, in the compute type; they stay
   *     the caller's
   */
  static PolicyModel frozen(
      DecoderConfig config,
      ComputeType computeType,
      Device device,
      LoraConfig lora,
      List<NDArray> arrays) {
    Iterator<NDArray> next = arrays.iterator();
    return new PolicyModel(config, computeType, device, lora, 0, false, (slot, s) -> next.next());
  }

  /** A frozen weight in the compute type, in place of the fp32 one. */
  private NDArray narrowed(NDArray array) {
    try (array) {
      return generation.callForList(scope, "narrow", List.of(array)).get(0);
    }
  }

  /** The model that {@code adapted}'s adapters began from, on the same arrays. */
  private PolicyModel(PolicyModel adapted, LoraAdapters without) {
    this.config = adapted.config;
    this.computeType = adapted.computeType;
    this.scope = adapted.scope.open();
    this.generation = adapted.generation;
    this.packedGeneration = adapted.packedGeneration;
    this.packs = adapted.packs;
    this.training = adapted.training;
    this.weights = without.base();
    this.parameters = adapted.parameters;
    this.slots = adapted.slots;
    this.absent = adapted.absent;
    this.frozenHead = adapted.frozenHead;
    this.head = adapted.head;
    this.cos = adapted.cos;
    this.sin = adapted.sin;
    this.adapters = null;
    this.clock = adapted.clock;
  }

  private TorchModule load(String resource, String name, Map<String, Object> attributes) {
    return TorchModule.load(scope, PolicyModel.class, resource, name, attributes);
  }

  private static NDArray read(ParameterLayout.Slot slot, WeightSource source, Scope scope) {
    NDArray array = scope.manager().zeros(new Shape(slot.shape()));
    int width = Math.max(1, slot.columns());
    long row = 0;
    for (ParameterLayout.Part part : slot.parts()) {
      FloatBuffer values = source.read(part.name());
      int wanted = part.rows() * width;
      if (values.remaining() != wanted) {
        throw new IllegalArgumentException(
            part.name() + " must have " + wanted + " values, had " + values.remaining());
      }
      while (values.hasRemaining()) {
        int rows = Math.min(values.remaining() / width, Math.max(1, COPIED_AT_ONCE / width));
        copyRows(values, rows, row, array, slot.columns(), scope);
        row += rows;
      }
    }
    return array;
  }

  /** Rows at a time, so that a large array is never there twice. */
  private static void copyRows(
      FloatBuffer values, int rows, long at, NDArray target, int columns, Scope scope) {
    float[] some = new float[rows * Math.max(1, columns)];
    values.get(some);
    try (Scope copy = scope.open()) {
      NDArray piece = copy.floats(some);
      target.set(
          new NDIndex("{}:{}", at, at + rows),
          columns == 0 ? piece : piece.reshape(new Shape(rows, columns)));
    }
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

  /**
   * All trainable arrays: the adapters' parts where there are adapters; else the weights, of which
   * query, key and value projections are one, gate and up are one.
   */
  public List<Parameter> parameters() {
    return adapters == null ? List.copyOf(parameters) : adapters.parameters();
  }

  /** The adapters that are trained in place of the weights, where that is so. */
  public Optional<LoraAdapters> adapters() {
    return Optional.ofNullable(adapters);
  }

  /**
   * The model without its adapters: a view of the same frozen weights, no copy. It is what a KL
   * term compares with.
   *
   * @throws IllegalStateException if all weights are trained
   */
  public PolicyModel base() {
    if (adapters == null) {
      throw new IllegalStateException("there are no adapters; the weights themselves are trained");
    }
    return new PolicyModel(this, adapters);
  }

  /** The weights to compute with, the adapters' newest values added. */
  private List<NDArray> weights() {
    if (adapters != null) {
      long version = training.version(adapters.arrays()) + adapters.updates();
      if (version != mergedVersion) {
        training.merge(adapters);
        mergedVersion = version;
      }
    }
    return weights;
  }

  /**
   * Grows with each change of the weights, whoever makes it in this process: what was copied from
   * them at another version is stale.
   */
  public long version() {
    long updates = parameters.stream().mapToLong(Parameter::updates).sum();
    return training.version(weights()) + updates;
  }

  /** What it computes with, an array for each slot that this configuration has. */
  List<NDArray> arrays() {
    List<NDArray> all = weights();
    List<NDArray> present = new ArrayList<>();
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i) != null) {
        present.add(all.get(i));
      }
    }
    return present;
  }

  /** How many numbers it has. */
  public long parameterCount() {
    return parameters.stream().mapToLong(p -> p.value().size()).sum();
  }

  /**
   * Threads on which it is best sampled from side by side, one core each: in a small model one
   * operation gives a second core hardly anything to do.
   */
  public int lanes() {
    return device().isGpu() || parameterCount() > MOST_IN_LANES ? 1 : Torch.threads();
  }

  /** The typed calls that generation is made of, on this model's own weights. */
  public DecodingKernels decoding() {
    return new TorchScriptDecoding(
        config,
        computeType,
        generation,
        packedGeneration,
        weights(),
        cos,
        sin,
        !device().isGpu(),
        packs);
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
        weights(), batch, temperature, gradientCheckpointing ? Keep.INPUTS : Keep.ALL, scope);
  }

  /** The same without keeping activations: less memory, no backward. */
  public TokenLogProbs logProbs(TokenBatch batch, double temperature, Scope scope) {
    return logProbs(weights(), batch, temperature, Keep.NOTHING, scope);
  }

  private TokenLogProbs logProbs(
      List<NDArray> from, TokenBatch batch, double temperature, Keep keep, Scope scope) {
    long started = clock.nanos();
    BatchPlan plan = BatchPlan.of(batch, config.maxPositionEmbeddings(), scope);
    TrainingNetwork.Pass pass = training.forward(from, plan, keep, scope);
    List<NDArray> outputs = training.tokenLogProbs(from, pass, temperature, scope);
    forwardNanos += clock.nanos() - started;
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
    long started = clock.nanos();
    training.backward(
        weights, pass, outputs, byLogProb, byEntropy, withEntropy, temperature, gradients(), scope);
    backwardNanos += clock.nanos() - started;
  }

  /** How long it has computed so far. */
  public ComputingTime computingTime() {
    return new ComputingTime(forwardNanos / 1e9, backwardNanos / 1e9);
  }

  float[] greedyMatches(TrainingNetwork.Pass pass, Scope scope) {
    return training.greedyMatches(weights, pass, scope);
  }

  /**
   * Adds the gradient of {@code weight} times the sum of {@code KL(this || teacher)} over a batch's
   * completion tokens, exact over the vocabulary.
   *
   * @param teacher has the same vocabulary
   * @param temperature both models' logits are divided by it
   * @param weight such as 1 / tokens of the update
   * @return the divergence at each completion token in nats, {@code [N]}, before the weight
   */
  public float[] reverseKl(
      PolicyModel teacher, TokenBatch batch, double temperature, double weight, Scope scope) {
    if (config.vocabSize() != teacher.config.vocabSize()) {
      throw new IllegalArgumentException(
          String.format(
              "teacher must have the student's vocabulary of %s tokens, has %s",
              config.vocabSize(), teacher.config.vocabSize()));
    }
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
    if (adapters != null) {
      return new TrainingNetwork.Gradients(
          List.of(),
          frozenHead,
          adapters.arrays(),
          adapters.gradients(),
          adapters.config().scaling());
    }
    List<NDArray> all = new ArrayList<>();
    for (@Nullable Parameter parameter : slots) {
      all.add(parameter == null ? absent : parameter.gradient());
    }
    return new TrainingNetwork.Gradients(all, head.gradient(), List.of(), List.of(), 1);
  }

  /** Gives the gradients' memory back; they are zero when they are asked for again. */
  public void dropGradients() {
    parameters().forEach(Parameter::dropGradient);
  }

  /**
   * Whether training keeps each block's input only and computes the rest again for backward: a
   * third more computing for a fraction of the memory. Off at first.
   */
  public void setGradientCheckpointing(boolean on) {
    gradientCheckpointing = on;
  }

  /** Whether it does. */
  public boolean gradientCheckpointing() {
    return gradientCheckpointing;
  }

  /**
   * Copies a tensor's weights.
   *
   * @param name its Hugging Face name
   * @return fp32, row by row
   */
  public FloatBuffer tensor(String name) {
    return copy(name, weights());
  }

  /**
   * Reads a tensor's weights, however large it is.
   *
   * @param name its Hugging Face name
   * @param reader takes them row by row
   */
  public <E extends Exception> void readTensor(String name, ArrayBlocks.Reader<E> reader) throws E {
    Stretch stretch = stretch(name);
    ArrayBlocks.read(weights().get(stretch.slot()), stretch.from(), stretch.to(), reader);
  }

  /** Copies the gradient of a tensor under its Hugging Face name, where all weights are trained. */
  public FloatBuffer gradient(String name) {
    return copy(name, gradients().weights());
  }

  private FloatBuffer copy(String name, List<NDArray> arrays) {
    Stretch stretch = stretch(name);
    FloatBuffer copy = FloatBuffer.allocate(Math.toIntExact(stretch.to() - stretch.from()));
    ArrayBlocks.read(arrays.get(stretch.slot()), stretch.from(), stretch.to(), copy::put);
    return copy.flip();
  }

  /** Where a tensor's numbers are: in which array, from which number on, up to which. */
  private record Stretch(int slot, long from, long to) {}

  private Stretch stretch(String name) {
    List<ParameterLayout.@Nullable Slot> layout = ParameterLayout.of(config);
    for (int s = 0; s < layout.size(); s++) {
      ParameterLayout.Slot slot = layout.get(s);
      long row = 0;
      for (ParameterLayout.Part part :
          slot == null ? List.<ParameterLayout.Part>of() : slot.parts()) {
        long width = Math.max(1, requireNonNull(slot).columns());
        if (part.name().equals(name)) {
          return new Stretch(s, row * width, (row + part.rows()) * width);
        }
        row += part.rows();
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
    attributes.put("fused", !device.isGpu());
    attributes.put("few", device.isGpu());
    // CUDA's fused attention reads heads sixteen bytes at a time
    attributes.put("efficient", device.isGpu() && c.headDim() % 8 == 0);
    return attributes;
  }
}
