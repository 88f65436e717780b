package org.r1zero.rollout.worker;

import java.util.ArrayList;
import java.util.List;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.PolicySnapshot;

/** Weights for workers in this process. */
final class LocalWeights implements WeightStore {
  private final List<PolicySnapshot> snapshots = new ArrayList<>();
  private final List<PolicyModel> policies = new ArrayList<>();

  private LocalWeights() {}

  /** The policy's own weights, which workers read in place: they must rest while it is trained. */
  static LocalWeights live(PolicyModel policy) {
    LocalWeights weights = new LocalWeights();
    weights.policies.add(policy);
    return weights;
  }

  /** Copies in the compute type, one for each slot, which all workers share. */
  static LocalWeights copies(PolicyModel policy, int slots) {
    LocalWeights weights = new LocalWeights();
    for (int i = 0; i < slots; i++) {
      PolicySnapshot snapshot = PolicySnapshot.inMemory(policy);
      weights.snapshots.add(snapshot);
      weights.policies.add(snapshot.policy());
    }
    return weights;
  }

  @Override
  public int slots() {
    return policies.size();
  }

  @Override
  public void write(int slot, long version, PolicyModel policy) {
    if (!snapshots.isEmpty()) {
      snapshots.get(slot).copyFrom(policy);
    } else if (policies.get(slot) != policy) {
      throw new IllegalArgumentException("workers read another policy's weights than this one's");
    } else {
      policy.decoding(); // adds adapters' newest values: here, once, and not in every worker
    }
  }

  /** What workers read. */
  PolicyModel policy(int slot) {
    return policies.get(slot);
  }

  @Override
  public void close() {
    snapshots.forEach(PolicySnapshot::close);
  }
}
