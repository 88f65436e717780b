package org.r1zero.verify.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.records.Records;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A judge's scores by the hash of what was asked: the newest in memory, all of them in a file. */
final class JudgeCache {
  private static final Logger LOGGER = LoggerFactory.getLogger(JudgeCache.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int IN_MEMORY = 10_000;

  private final Map<String, JudgeReply> replies =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, JudgeReply> eldest) {
          return size() > most;
        }
      };
  private final int most;
  private @Nullable Path file;

  /**
   * Reads what the file has.
   *
   * @param file is made where there is none; {@code null} for memory alone
   * @throws IllegalArgumentException if it can't be read or written
   */
  JudgeCache(@Nullable Path file, ScoreRange range) {
    this.file = file;
    this.most = file == null ? IN_MEMORY : Integer.MAX_VALUE;
    if (file == null) {
      return;
    }
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      append(file, "");
      try (BufferedReader lines = Files.newBufferedReader(file)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          read(line, range);
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "verifier 'judge': option 'cache': " + file + " can't be used: " + e, e);
    }
  }

  /** A line that a crash cut off is asked again. */
  private void read(String line, ScoreRange range) {
    try {
      JsonNode node = JSON.readTree(line);
      JsonNode score = node.path("score");
      if (score.isNumber() && range.contains(score.doubleValue())) {
        replies.put(
            node.path("key").asText(),
            new JudgeReply(score.doubleValue(), node.path("reason").asText()));
      }
    } catch (JsonProcessingException e) {
      LOGGER.debug("a line of {} is damaged", file);
    }
  }

  synchronized Optional<JudgeReply> find(String key) {
    return Optional.ofNullable(replies.get(key));
  }

  synchronized void keep(String key, JudgeReply reply) {
    JudgeReply kept =
        new JudgeReply(reply.score(), Records.shortened(reply.reason(), Verdict.MAX_REASON, "…"));
    replies.put(key, kept);
    if (file == null) {
      return;
    }
    ObjectNode node = JSON.createObjectNode();
    node.put("key", key).put("score", kept.score()).put("reason", kept.reason());
    try {
      append(file, "\n" + JSON.writeValueAsString(node) + "\n");
    } catch (IOException e) {
      LOGGER.warn("the judge's answers are no longer kept in {}: {}", file, e.toString());
      file = null;
    }
  }

  private static void append(Path file, String text) throws IOException {
    Files.write(
        file,
        text.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
