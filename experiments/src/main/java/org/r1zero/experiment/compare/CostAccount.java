package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What an arm took: every stage of every seed, failed tries too. FLOPs are 6 a parameter and
 * trained token, 2 a parameter and sampled token (Kaplan et al., arXiv:2001.08361, without
 * attention). Energy is wall time at the stated power; cost is wall time at the stated price.
 */
final class CostAccount {
  private static final double JOULES_PER_KWH = 3.6e6;
  private final CompareConfig.Price price;

  CostAccount(CompareConfig.Price price) {
    this.price = price;
  }

  /** Sums of all seeds and the same for one seed, and the stages one by one. */
  ObjectNode write(ArmResult arm) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    List<ArmRun> runs = new ArrayList<>(arm.failed());
    arm.seeds().forEach(seed -> runs.add(seed.run()));
    double seconds = 0;
    long sampled = 0;
    long trained = 0;
    double flops = 0;
    double failed = 0;
    for (ArmRun run : runs) {
      for (ArmRun.Stage stage : run.stages()) {
        seconds += stage.seconds();
        sampled += stage.sampledTokens();
        trained += stage.trainedTokens();
        flops += stage.flops();
        failed += stage.status().equals("failed") ? stage.seconds() : stage.brokenSeconds();
      }
    }
    put(node.putObject("total"), seconds, sampled, trained, flops);
    double share = runs.isEmpty() ? 0 : 1.0 / runs.size();
    put(
        node.putObject("per_seed"),
        seconds * share,
        Math.round(sampled * share),
        Math.round(trained * share),
        flops * share);
    node.put("failed_seconds", failed);
    arm.seeds().forEach(seed -> stages(node, Long.toString(seed.seed()), seed.run()));
    arm.failed().forEach(run -> stages(node, "failed", run));
    return node;
  }

  private static void stages(ObjectNode node, String seed, ArmRun run) {
    for (ArmRun.Stage stage : run.stages()) {
      node.withArray("/stages")
          .addObject()
          .put("seed", seed)
          .put("name", stage.name())
          .put("kind", stage.kind())
          .put("status", stage.status())
          .put("seconds", stage.seconds())
          .put("sampled_tokens", stage.sampledTokens())
          .put("trained_tokens", stage.trainedTokens())
          .put("flops", stage.flops())
          .put("tries", stage.tries())
          .put("broken_seconds", stage.brokenSeconds());
    }
  }

  private void put(ObjectNode node, double seconds, long sampled, long trained, double flops) {
    node.put("seconds", seconds).put("sampled_tokens", sampled).put("trained_tokens", trained);
    node.put("flops", flops);
    node.put("kwh", seconds * price.watts() / JOULES_PER_KWH);
    node.put("price", seconds / 3600 * price.perHour());
  }
}
