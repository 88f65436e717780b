package org.r1zero.grpo.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;
import org.r1zero.grpo.torch.TorchModule;

/**
 * A policy's weights as they were at one moment, in the type that it computes in: what samplers
 * read while the policy itself is trained.
 *
 * <p>They lie in one block, each array at a multiple of {@value #ALIGNMENT} numbers. In a mapped
 * file the block is shared by all processes that open it: nobody has a copy.
 */
public final class PolicySnapshot implements AutoCloseable {
  /** Numbers; at least the 64 bytes to which libtorch aligns, on which last bits can depend. */
  private static final long ALIGNMENT = 64;

  private final Scope scope;
  private final TorchModule module;
  private final List<NDArray> arrays;
  private final PolicyModel policy;

  private PolicySnapshot(DecoderConfig config, ComputeType type, Device device, Block block) {
    this(config, type, device, LoraConfig.defaults(), block);
  }

  private PolicySnapshot(
      DecoderConfig config, ComputeType type, Device device, LoraConfig lora, Block block) {
    this.scope = Torch.openScope(device);
    this.module =
        TorchModule.load(scope, PolicySnapshot.class, "snapshot.py", "Snapshot", Map.of());
    NDArray flat = block.make(module, scope, numbers(config));
    this.arrays = new ArrayList<>();
    long start = 0;
    for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
      if (slot != null) {
        long[] shape = slot.shape();
        arrays.add(module.call(scope, "part", flat, start, shape[0], (long) slot.columns()));
        start += padded(shape);
      }
    }
    this.policy = PolicyModel.frozen(config, type, device, lora, arrays);
  }

  /** Where the block comes from. */
  private interface Block {
    NDArray make(TorchModule module, Scope scope, long size);
  }

  /** In this process's memory, on the policy's device; empty until {@link #copyFrom}. */
  public static PolicySnapshot inMemory(PolicyModel like) {
    return inMemory(like, like.device());
  }

  /** The same on another device. */
  public static PolicySnapshot inMemory(PolicyModel like, Device device) {
    return new PolicySnapshot(
        like.config(),
        like.computeType(),
        device,
        (module, scope, size) ->
            module.call(
                scope, "memory", scope.floats(0f), size, (long) like.computeType().scalarType()));
  }

  /**
   * In a mapped file.
   *
   * @param file of at least {@link #bytes}; what it holds becomes the weights
   */
  public static PolicySnapshot mapped(Path file, DecoderConfig config, ComputeType type) {
    return mapped(file, config, type, LoraConfig.defaults());
  }

  /**
   * The same where a rank in {@code lora} gives its policy adapters: their values are the caller's
   * to set, and the weights of the block those that they are added to.
   *
   * @param file holds the weights already
   */
  public static PolicySnapshot mapped(
      Path file, DecoderConfig config, ComputeType type, LoraConfig lora) {
    return new PolicySnapshot(
        config,
        type,
        Device.cpu(),
        lora,
        (module, scope, size) ->
            module.call(
                scope, "mapped", file.toAbsolutePath().toString(), size, (long) type.scalarType()));
  }

  /** How many bytes the block takes. */
  public static long bytes(DecoderConfig config, ComputeType type) {
    return numbers(config) * (type == ComputeType.FLOAT32 ? 4 : 2);
  }

  /** Takes over a policy's weights as they are now; nobody may sample meanwhile. */
  public void copyFrom(PolicyModel source) {
    module.callForEffect("copy_into", arrays, source.arrays());
  }

  /** A policy that reads this block, whose weights can't be trained. It is closed with this. */
  public PolicyModel policy() {
    return policy;
  }

  @Override
  public void close() {
    policy.close();
    scope.close();
  }

  private static long numbers(DecoderConfig config) {
    long sum = 0;
    for (ParameterLayout.Slot slot : ParameterLayout.of(config)) {
      sum += slot == null ? 0 : padded(slot.shape());
    }
    return sum;
  }

  private static long padded(long[] shape) {
    long size = 1;
    for (long length : shape) {
      size *= length;
    }
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }
}
