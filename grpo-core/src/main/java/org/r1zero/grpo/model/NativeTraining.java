package org.r1zero.grpo.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * The network's forward and backward pass by the native kernels, as {@code decoder.py} computes
 * them. Results have the same bits for any number of threads.
 */
final class NativeTraining {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final long MOST_BYTES = Integer.MAX_VALUE;

  private final DecoderConfig config;
  private final long model;

  private NativeTraining(DecoderConfig config, ComputeType type, NDArray cos, NDArray sin) {
    this.config = config;
    long handle =
        NativeKernels.open(
            NativeDecoding.shape(config, type, Quantization.NONE),
            (float) config.rmsNormEps(),
            Torch.bytes(cos),
            Torch.bytes(sin));
    this.model = handle;
    CLEANER.register(this, () -> NativeKernels.close(handle));
  }

  /** The kernels for a model, where there are any for its shape and type on its device. */
  static Optional<NativeTraining> of(
      DecoderConfig config, ComputeType type, NDArray cos, NDArray sin) {
    boolean fits =
        NativeDecoding.obstacle(config, !cos.getDevice().isGpu()).isEmpty()
            && NativeKernels.trains(NativeDecoding.shape(config, type, Quantization.NONE))
            && 4L
                    * config.hiddenSize()
                    * Math.max(config.vocabSize(), 2L * config.intermediateSize())
                <= MOST_BYTES;
    return fits ? Optional.of(new NativeTraining(config, type, cos, sin)) : Optional.empty();
  }

  /**
   * Token ids to hidden states.
   *
   * @param hidden {@code [N, D]} in the compute type, to be written
   * @return what is kept of each layer, and last the hidden states
   * @throws IllegalStateException if a layer keeps more than an array can hold, as where there is
   *     no memory: fewer tokens at once may fit
   */
  List<NDArray> forward(
      List<NDArray> weights, BatchPlan plan, Keep keep, NDArray hidden, Scope scope) {
    int rows = Math.toIntExact(plan.tokens().size());
    List<NDArray> arrays = new ArrayList<>();
    if (keep != Keep.NOTHING) {
      long bytes = NativeKernels.keptBytes(model, rows, keep.level());
      if (bytes > MOST_BYTES) {
        throw new IllegalStateException(
            String.format(
                "%s: of %s tokens a layer keeps %s bytes, an array holds %s",
                Torch.NO_NATIVE_MEMORY, rows, bytes, MOST_BYTES));
      }
      for (int i = 0; i <= config.layers(); i++) {
        arrays.add(scope.manager().create(new Shape(bytes / Float.BYTES), DataType.FLOAT32));
      }
    }
    NativeKernels.trainForward(
        model,
        Torch.threads(),
        memory(weights),
        Torch.bytes(plan.tokens()),
        Torch.bytes(plan.positions()),
        Torch.bytes(plan.wanted()),
        plan.sequences(),
        keep.level(),
        arrays.stream().map(Torch::bytes).toArray(ByteBuffer[]::new),
        Torch.bytes(hidden));
    arrays.add(hidden);
    return arrays;
  }

  /** Log-probs, entropies and log-normalisers of targets, each {@code [N]} fp32. */
  List<NDArray> tokenLogProbs(
      NDArray head, NDArray hidden, NDArray targets, double temperature, Scope scope) {
    List<NDArray> outputs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      outputs.add(scope.manager().create(targets.getShape(), DataType.FLOAT32));
    }
    NativeKernels.logProbs(
        model,
        Torch.threads(),
        Torch.bytes(hidden),
        Torch.bytes(targets),
        Torch.bytes(head),
        (float) (1 / temperature),
        Torch.bytes(outputs.get(0)),
        Torch.bytes(outputs.get(1)),
        Torch.bytes(outputs.get(2)));
    return outputs;
  }

  /**
   * The gradient of hidden states {@code [N, D]} fp32; adds that of the head to {@code
   * headGradient}.
   */
  NDArray tokenLogProbsBackward(
      NDArray head,
      NDArray hidden,
      NDArray targets,
      List<NDArray> outputs,
      NDArray byLogProb,
      @Nullable NDArray byEntropy,
      double temperature,
      NDArray headGradient,
      Scope scope) {
    NDArray byHidden = scope.manager().create(hidden.getShape(), DataType.FLOAT32);
    NativeKernels.logProbsBackward(
        model,
        Torch.threads(),
        Torch.bytes(hidden),
        Torch.bytes(targets),
        Torch.bytes(head),
        (float) (1 / temperature),
        Torch.bytes(outputs.get(2)),
        Torch.bytes(outputs.get(1)),
        Torch.bytes(byLogProb),
        byEntropy == null ? null : Torch.bytes(byEntropy),
        Torch.bytes(headGradient),
        Torch.bytes(byHidden));
    return byHidden;
  }

  /**
   * Adds what a gradient of hidden states gives to the weights' gradients.
   *
   * @param kept as {@link #forward} returned it
   */
  void backward(
      List<NDArray> weights,
      BatchPlan plan,
      Keep keep,
      List<NDArray> kept,
      NDArray byHidden,
      List<NDArray> gradients) {
    @Nullable ByteBuffer[] to = memory(gradients);
    to[to.length - 1] = null; // the output layer's gradient is there already
    NativeKernels.trainBackward(
        model,
        Torch.threads(),
        memory(weights),
        to,
        Torch.bytes(plan.tokens()),
        Torch.bytes(plan.positions()),
        Torch.bytes(plan.wanted()),
        plan.sequences(),
        keep.level(),
        kept.subList(0, kept.size() - 1).stream().map(Torch::bytes).toArray(ByteBuffer[]::new),
        Torch.bytes(byHidden));
  }

  /** Weights or their gradients; null where this configuration has none. */
  private @Nullable ByteBuffer[] memory(List<NDArray> arrays) {
    return NativeDecoding.memory(config, arrays);
  }
}
