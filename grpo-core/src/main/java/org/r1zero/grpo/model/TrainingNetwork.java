package org.r1zero.grpo.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.TorchModule;

/**
 * The network's forward and backward pass: by the native kernels where there are any for the model,
 * else by {@code decoder.py}, which also has what is rarely computed.
 */
final class TrainingNetwork {
  /** As many as a CPU's cache takes. */
  private static final long CPU_LIMIT = 1 << 22;

  /** Half a gigabyte in fp32: fewer would leave a GPU waiting for launches. */
  private static final long GPU_LIMIT = 1 << 27;

  private final TorchModule module;
  private final @Nullable NativeTraining kernels;
  private final DecoderConfig config;
  private final NDArray cos;
  private final NDArray sin;
  private final long limit;

  /**
   * Loads the network.
   *
   * @param adapted whether low-rank adapters are trained, for which there are no native kernels
   */
  TrainingNetwork(
      Scope scope,
      DecoderConfig config,
      ComputeType type,
      NDArray cos,
      NDArray sin,
      boolean adapted) {
    this(
        scope,
        config,
        type,
        cos,
        sin,
        adapted,
        attention(config, cos.getDevice()),
        limit(cos.getDevice()));
  }

  /**
   * The same with a choice of attention and of what bounds its temporary arrays.
   *
   * @param attention 0 for plain operators, 1 for CUDA's fused kernels, 2 for the CPU's that stand
   *     in for them in tests
   * @param limit numbers that such an array may have
   */
  TrainingNetwork(
      Scope scope,
      DecoderConfig config,
      ComputeType type,
      NDArray cos,
      NDArray sin,
      boolean adapted,
      long attention,
      long limit) {
    this.config = config;
    this.cos = cos;
    this.sin = sin;
    this.limit = limit;
    Map<String, Object> attributes = attributes(config, type);
    attributes.put("attention", attention);
    this.module =
        TorchModule.load(scope, TrainingNetwork.class, "decoder.py", "Decoder", attributes);
    this.kernels = adapted ? null : NativeTraining.of(config, type, cos, sin).orElse(null);
  }

  /** CUDA's fused kernels read heads sixteen bytes at a time. */
  static long attention(DecoderConfig config, Device device) {
    return device.isGpu() && config.headDim() % 8 == 0 ? 1 : 0;
  }

  /**
   * Numbers that a temporary array may have: bounds logits, attention's probabilities and a fused
   * kernel's keys.
   */
  static long limit(Device device) {
    return device.isGpu() ? GPU_LIMIT : CPU_LIMIT;
  }

  /**
   * A forward pass that happened.
   *
   * @param plan what it computed
   * @param keep how much of it is there
   * @param kept arrays that backward knows; the last is the hidden states {@code [N, D]}
   */
  record Pass(BatchPlan plan, Keep keep, List<NDArray> kept) {
    NDArray hidden() {
      return kept.get(kept.size() - 1);
    }
  }

  /**
   * Where gradients go, all fp32, to be added to.
   *
   * @param weights in the order of {@link ParameterLayout}; empty where they are frozen
   * @param head the output layer's; an empty array where it is frozen
   * @param adapters parts of low-rank adapters; empty where there are none
   * @param adapterGradients theirs
   * @param scaling of adapters
   */
  record Gradients(
      List<NDArray> weights,
      NDArray head,
      List<NDArray> adapters,
      List<NDArray> adapterGradients,
      double scaling) {}

  /** Token ids to hidden states. */
  Pass forward(List<NDArray> weights, BatchPlan plan, Keep keep, Scope scope) {
    if (kernels != null) {
      // by TorchScript, since DJL makes no arrays in bf16
      NDArray hidden =
          module.call(scope, "new_states", cos, plan.wanted().size(), (long) config.hiddenSize());
      return new Pass(plan, keep, kernels.forward(weights, plan, keep, hidden, scope));
    }
    List<NDArray> kept =
        module.callForList(
            scope,
            "forward",
            weights,
            cos,
            sin,
            plan.tokens(),
            plan.positions(),
            plan.buckets(),
            plan.places(),
            plan.wanted(),
            keep.level(),
            limit);
    return new Pass(plan, keep, kept);
  }

  /** Log-probs, entropies and log-normalisers of a pass's targets, each {@code [N]} fp32. */
  List<NDArray> tokenLogProbs(List<NDArray> weights, Pass pass, double temperature, Scope scope) {
    if (kernels != null) {
      return kernels.tokenLogProbs(
          weights.get(weights.size() - 1),
          pass.hidden(),
          pass.plan().targets(),
          temperature,
          scope);
    }
    return module.callForList(
        scope,
        "token_log_probs",
        pass.hidden(),
        weights.get(weights.size() - 1),
        pass.plan().targets(),
        1.0 / temperature,
        vocabularyBlock(pass));
  }

  /**
   * Adds a loss's gradient to the parameters'.
   *
   * @param outputs of {@link #tokenLogProbs}
   * @param byLogProb the loss's derivative by each log-prob {@code [N]}
   * @param byEntropy by each entropy {@code [N]}; any array where {@code withEntropy} is false
   */
  void backward(
      List<NDArray> weights,
      Pass pass,
      List<NDArray> outputs,
      NDArray byLogProb,
      NDArray byEntropy,
      boolean withEntropy,
      double temperature,
      Gradients gradients,
      Scope scope) {
    BatchPlan plan = pass.plan();
    if (kernels != null) {
      NDArray byHidden =
          kernels.tokenLogProbsBackward(
              weights.get(weights.size() - 1),
              pass.hidden(),
              plan.targets(),
              outputs,
              byLogProb,
              withEntropy ? byEntropy : null,
              temperature,
              gradients.head(),
              scope);
      backward(weights, pass, byHidden, gradients);
      return;
    }
    NDArray byHidden =
        module.call(
            scope,
            "token_log_probs_backward",
            pass.hidden(),
            weights.get(weights.size() - 1),
            plan.targets(),
            outputs.get(2),
            outputs.get(1),
            byLogProb,
            byEntropy,
            withEntropy,
            1.0 / temperature,
            vocabularyBlock(pass),
            gradients.head());
    backward(weights, pass, byHidden, gradients);
  }

  private void backward(List<NDArray> weights, Pass pass, NDArray byHidden, Gradients gradients) {
    BatchPlan plan = pass.plan();
    if (kernels != null) {
      kernels.backward(weights, plan, pass.keep(), pass.kept(), byHidden, gradients.weights());
      return;
    }
    module.callForEffect(
        "backward",
        byHidden,
        pass.kept(),
        weights,
        gradients.weights(),
        gradients.adapters(),
        gradients.adapterGradients(),
        gradients.scaling(),
        cos,
        sin,
        plan.tokens(),
        plan.positions(),
        plan.buckets(),
        plan.places(),
        plan.wanted(),
        pass.keep().level(),
        limit);
  }

  /** 1 where greedy decoding would have picked a pass's target, otherwise 0: {@code [N]}. */
  float[] greedyMatches(List<NDArray> weights, Pass pass, Scope scope) {
    return module
        .call(
            scope,
            "greedy_matches",
            pass.hidden(),
            weights.get(weights.size() - 1),
            pass.plan().targets(),
            rowsAtOnce())
        .toFloatArray();
  }

  /**
   * Adds the gradient of {@code weight} times the sum of KL(this || teacher) to the parameters'.
   *
   * @param taught the teacher's hidden states of the same rows {@code [N, D']}
   * @return the divergence at each token {@code [N]}
   */
  float[] reverseKl(
      List<NDArray> weights,
      Pass pass,
      NDArray taught,
      NDArray teacherHead,
      double temperature,
      double weight,
      Gradients gradients,
      Scope scope) {
    List<NDArray> outputs =
        module.callForList(
            scope,
            "reverse_kl",
            pass.hidden(),
            weights.get(weights.size() - 1),
            taught,
            teacherHead,
            1.0 / temperature,
            weight,
            rowsAtOnce(),
            gradients.head());
    float[] values = outputs.get(0).toFloatArray();
    backward(weights, pass, outputs.get(1), gradients);
    return values;
  }

  /** Rows whose logits over the whole vocabulary are held at once. */
  private long rowsAtOnce() {
    return Math.max(1, limit / config.vocabSize());
  }

  /** Adds the adapters to the weights that they belong to. */
  void merge(LoraAdapters adapters) {
    module.callForEffect(
        "merge",
        adapters.base(),
        adapters.merged(),
        adapters.arrays(),
        adapters.config().scaling());
  }

  /** A number that grows when one of the arrays is changed in place. */
  long version(List<NDArray> arrays) {
    return module.callForLong("versions", arrays);
  }

  /** How much of the vocabulary is looked at at once. */
  private long vocabularyBlock(Pass pass) {
    long rows = pass.plan().targets().size();
    return Math.min(config.vocabSize(), Math.max(256, limit / rows / 64 * 64));
  }

  /** The shape, as TorchScript attributes. */
  static Map<String, Object> attributes(DecoderConfig c, ComputeType type) {
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
    return attributes;
  }
}
