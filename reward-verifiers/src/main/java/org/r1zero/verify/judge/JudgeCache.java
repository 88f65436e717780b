package org.r1zero.verify.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.records.KeyedLines;
import org.r1zero.verify.records.Records;
import org.slf4j.LoggerFactory;

/**
 * A judge's scores by the hash of what was asked: the newest in memory, or all of them in a file.
 */
final class JudgeCache {
  private static final int IN_MEMORY = 10_000;
  private final KeyedLines replies;
  private final ScoreRange range;
  private final AtomicBoolean failed = new AtomicBoolean();

  /**
   * Reads what the file has.
   *
   * @param file is made where there is none; {@code null} for memory alone
   * @throws IllegalArgumentException if it can't be read or written
   */
  JudgeCache(@Nullable Path file, ScoreRange range) {
    this.range = range;
    try {
      this.replies = file == null ? KeyedLines.inMemory(IN_MEMORY) : KeyedLines.open(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "verifier 'judge': option 'cache': " + file + " can't be used: " + e, e);
    }
  }

  /** A score that is not in the range, as where the file is another judge's, is asked again. */
  Optional<JudgeReply> find(String key) {
    return replies
        .find(key)
        .filter(node -> node.path("score").isNumber() && range.contains(score(node)))
        .map(node -> new JudgeReply(score(node), node.path("reason").asText()));
  }

  private static double score(JsonNode node) {
    return node.path("score").doubleValue();
  }

  void keep(String key, JudgeReply reply) {
    String reason = Records.shortened(reply.reason(), Verdict.MAX_REASON, "…");
    try {
      replies.keep(
          key,
          JsonNodeFactory.instance.objectNode().put("score", reply.score()).put("reason", reason));
    } catch (IOException e) {
      if (!failed.getAndSet(true)) {
        LoggerFactory.getLogger(JudgeCache.class)
            .warn("the judge's answers can't be kept for the next run: {}", e.toString());
      }
    }
  }
}
