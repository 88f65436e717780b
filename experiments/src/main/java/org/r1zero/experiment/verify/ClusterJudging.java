package org.r1zero.experiment.verify;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.r1zero.coldstart.curate.DataEngine;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.PortableVerifier;

/** Judges on a cluster, many records at a time. */
final class ClusterJudging implements Judging {
  private static final int BATCH = 20_000;
  private final DataEngine cluster;
  private final DataEngine.Work<Asked, Verdict> work;
  private final List<AnswerRecord> batch = new ArrayList<>();
  private final List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();

  private record Asked(Problem problem, Completion completion) implements Serializable {}

  ClusterJudging(DataEngine cluster, PortableVerifier verifier) {
    this.cluster = cluster;
    this.work = asked -> verifier.open().verify(asked.problem(), asked.completion());
  }

  @Override
  public Future<Verdict> submit(AnswerRecord answer) {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    batch.add(answer);
    verdicts.add(verdict);
    if (batch.size() == BATCH) {
      flush();
    }
    return verdict;
  }

  @Override
  public int inLine() {
    return BATCH;
  }

  @Override
  public void flush() {
    if (batch.isEmpty()) {
      return;
    }
    List<Verdict> judged =
        cluster.each(
            String.format(
                "verify lines %,d to %,d", batch.get(0).line(), batch.get(batch.size() - 1).line()),
            work,
            batch.stream().map(a -> new Asked(a.problem(), a.completion())).toList());
    for (int i = 0; i < judged.size(); i++) {
      verdicts.get(i).complete(judged.get(i));
    }
    batch.clear();
    verdicts.clear();
  }

  @Override
  public void close() {
    batch.clear();
  }
}
