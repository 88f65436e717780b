package org.r1zero.rollout.worker;

import java.util.HashSet;
import java.util.Set;
import org.r1zero.grpo.model.PolicyModel;

/** The weights that were published last, and those that sessions hold. For several threads. */
final class PublishedWeights {
  private final WeightStore store;
  private final Set<Lease> leases = new HashSet<>();
  private Weights newest;

  /** Publishes the first ones. */
  PublishedWeights(WeightStore store, long version, PolicyModel policy) {
    this.store = store;
    store.write(0, version, policy);
    this.newest = new Weights(0, version);
  }

  /**
   * Writes new weights beside those in use.
   *
   * @throws IllegalStateException if sessions hold all the room that there is
   */
  void publish(long version, PolicyModel policy) {
    int slot;
    synchronized (this) {
      slot = (newest.slot() + 1) % store.slots();
      int wanted = slot;
      if (leases.stream().anyMatch(lease -> lease.weights.slot() == wanted)) {
        throw new IllegalStateException(
            "weights of version "
                + version
                + " were published while those in their place are in use");
      }
    }
    store.write(slot, version, policy);
    synchronized (this) {
      newest = new Weights(slot, version);
    }
  }

  synchronized long version() {
    return newest.version();
  }

  synchronized Lease take() {
    Lease lease = new Lease(newest);
    leases.add(lease);
    return lease;
  }

  /** Whether no session is open. */
  synchronized boolean atRest() {
    return leases.isEmpty();
  }

  /** Holds weights as they are until it is closed. */
  final class Lease implements AutoCloseable {
    private final Weights weights;

    private Lease(Weights weights) {
      this.weights = weights;
    }

    Weights weights() {
      return weights;
    }

    @Override
    public void close() {
      synchronized (PublishedWeights.this) {
        leases.remove(this);
      }
    }
  }
}
