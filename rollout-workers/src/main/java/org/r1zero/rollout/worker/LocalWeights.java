package org.r1zero.rollout.worker;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;
import org.r1zero.grpo.torch.Torch;

/** Weights for workers in this process, on each of the devices that they sample on. */
final class LocalWeights implements WeightStore {
  private final int slots;

  /** For each device its slots; empty where the policy's own weights are read. */
  private final List<List<PolicySnapshot>> copies = new ArrayList<>();

  private final @Nullable PolicyModel live;

  private LocalWeights(int slots, @Nullable PolicyModel live) {
    this.slots = slots;
    this.live = live;
  }

  /** The policy's own weights, which workers read in place: they must rest while it is trained. */
  static LocalWeights live(PolicyModel policy) {
    return new LocalWeights(1, policy);
  }

  /**
   * Copies in the compute type, one for each slot of each device, which all of its workers share.
   */
  static LocalWeights copies(PolicyModel policy, List<Device> devices, int slots) {
    LocalWeights weights = new LocalWeights(slots, null);
    for (Device device : devices) {
      List<PolicySnapshot> there = new ArrayList<>();
      weights.copies.add(there);
      for (int i = 0; i < slots; i++) {
        there.add(PolicySnapshot.inMemory(policy, device));
      }
    }
    return weights;
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public void write(int slot, long version, PolicyModel policy) {
    if (live == null) {
      copies.forEach(there -> there.get(slot).copyFrom(policy));
    } else if (live != policy) {
      throw new IllegalArgumentException("workers read another policy's weights than this one's");
    } else {
      policy.decoding(); // adds adapters' newest values: here, once, and not in every worker
    }
    // workers read them in streams of their own
    Torch.await(policy.device());
    copies.forEach(there -> Torch.await(there.get(slot).policy().device()));
  }

  /** What a worker reads; workers take the devices in turn. */
  PolicyModel policy(int place, int slot) {
    return live == null ? copies.get(place % copies.size()).get(slot).policy() : live;
  }

  @Override
  public void close() {
    copies.forEach(there -> there.forEach(PolicySnapshot::close));
  }
}
