package org.r1zero.rollout.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.Learners;
import org.r1zero.grpo.PartReport;
import org.r1zero.grpo.PartWork;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learners on the machines of a {@link Cluster}: tasks that run at the same time, each with the
 * published weights and a share of the update's samples. They add up their gradients in a {@link
 * Ring}, and each delivers the sum of one part to this process, which has the only optimizer. So a
 * learner keeps nothing from update to update, and where one is lost all compute again.
 */
final class RemoteLearners implements Learners {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteLearners.class);
  private static final long WATCH_MILLIS = 100;

  private final RemotePool pool;
  private final Cluster cluster;
  private final int count;
  private final Duration limit;
  private final int tries;

  /**
   * Learns with as many tasks at once.
   *
   * @param limit how long a learner may be silent in an exchange, and take for a part
   * @param tries how often all compute an update at most, where some are lost
   * @throws IllegalArgumentException if the cluster can't run as many at once, or adapters are
   *     trained
   */
  RemoteLearners(
      RemotePool pool, Cluster cluster, PolicyModel policy, int count, Duration limit, int tries) {
    if (policy.adapters().isPresent()) {
      throw new IllegalArgumentException(
          "rollouts.learners must be 0 where lora trains adapters, was " + count);
    }
    for (Parameter parameter : policy.parameters()) {
      if (4 * parameter.value().size() > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            String.format(
                "rollouts.learners must be 0 where a weight has more than 2 GiB in fp32, was "
                    + "%s (%s)",
                count, parameter.name()));
      }
    }
    int slots = cluster.slots(count);
    if (count > slots) {
      throw new IllegalArgumentException(
          String.format(
              "rollouts.learners must be at most the tasks that run at once, %s here, was %s",
              slots, count));
    }
    this.pool = pool;
    this.cluster = cluster;
    this.count = count;
    this.limit = limit;
    this.tries = tries;
  }

  /**
   * Has all of them add up gradients of nothing: what keeps them from it shows before training.
   *
   * @throws WorkerFailureException if they can't
   */
  void rehearse(PolicyModel policy) {
    PartWork none =
        (model, part) -> {
          throw new IllegalStateException("there is nothing to compute");
        };
    add("rehearsal of " + count + " learners", policy, Collections.nCopies(count, List.of()), none);
    policy.dropGradients();
  }

  @Override
  public List<PartReport> compute(
      long version, PolicyModel policy, List<MicroBatch> parts, PartWork work, Runnable discard) {
    if (pool.version() != version) {
      pool.publish(version, policy);
    }
    String what = "update " + (version + 1) + ": " + count + " learners, policy " + version;
    return add(what, policy, Shares.of(parts, count), work);
  }

  private List<PartReport> add(
      String what, PolicyModel policy, List<List<MicroBatch>> shares, PartWork work) {
    LongVector gradients =
        new LongVector(policy.parameters().stream().map(Parameter::gradient).toList());
    try (RemotePool.Lent lent = pool.lend()) {
      for (int tried = 1; ; tried++) {
        try (SumInbox inbox = new SumInbox(gradients, count, limit)) {
          String address = cluster.host() + ":" + inbox.port();
          List<byte[]> tasks = new ArrayList<>();
          for (List<MicroBatch> share : shares) {
            LearnerTask task =
                lent.learn(share, work, policy.gradientCheckpointing(), address, inbox.secret());
            tasks.add(RemoteTask.bytes(task));
          }
          List<PartReport> reports = run(what, tasks, lent);
          if (!inbox.isFull()) {
            throw new IllegalStateException("learners ended without having delivered their sums");
          }
          return reports;
        } catch (WorkerFailureException e) {
          if (tried == tries) {
            throw e;
          }
          LOG.warn("{} begins again: {}", what, e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SamplingCancelledException();
    }
  }

  private List<PartReport> run(String what, List<byte[]> tasks, RemotePool.Lent lent)
      throws InterruptedException {
    LearnerTask.@Nullable Result[] results = new LearnerTask.Result[count];
    Cluster.Run run = cluster.startTogether(what, tasks);
    try {
      for (int missing = count; missing > 0; ) {
        Cluster.Answer answer = run.next(WATCH_MILLIS);
        if (answer != null && results[answer.task()] == null) {
          LearnerTask.Result result = RemoteTask.read(answer.bytes(), LearnerTask.Result.class);
          if (result.failure() != null) {
            throw new IllegalStateException(result.failure());
          }
          lent.require(
              "learner " + answer.task(), result.version(), result.checksum(), result.kind());
          results[answer.task()] = result;
          missing--;
        }
      }
    } finally {
      run.cancel();
    }
    List<PartReport> reports = new ArrayList<>();
    for (LearnerTask.Result result : results) {
      if (result != null) {
        reports.addAll(result.parts());
      }
    }
    return reports;
  }
}
