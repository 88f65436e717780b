package org.r1zero.experiment.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.records.RecordFile;

/**
 * Judges every line of a file, several at a time, and writes the verdicts in the file's order. A
 * bounded number of lines is in memory.
 */
public final class FileVerification {

  private static final int IN_LINE_PER_THREAD = 64;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final Verifier verifier;
  private final int threads;

  /**
   * Sets who judges.
   *
   * @param verifier must not throw, as a guarded one does not
   * @param threads how many completions at a time
   */
  public FileVerification(Verifier verifier, int threads) {
    this.verifier = verifier;
    this.threads = threads;
  }

  /** A record that is being judged. */
  private record Pending(AnswerRecord answer, Future<Verdict> verdict) {}

  /**
   * Judges a file.
   *
   * @param file one JSON object per line, gzipped where its name ends in .gz; blank lines are
   *     skipped
   * @param out where verdicts go as JSON lines; {@code null} for nowhere
   * @throws IOException if the file can't be read or the verdicts can't be written
   */
  public VerifySummary run(Path file, @Nullable Writer out) throws IOException {
    Tally tally = new Tally();
    Deque<Pending> pending = new ArrayDeque<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    long started = System.nanoTime();
    try (RecordFile lines = RecordFile.openLeniently(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        AnswerRecord answer = read(Math.toIntExact(lines.line()), line, tally);
        if (answer != null) {
          pending.add(
              new Pending(
                  answer,
                  pool.submit(() -> verifier.verify(answer.problem(), answer.completion()))));
        }
        if (pending.size() >= threads * IN_LINE_PER_THREAD) {
          finish(pending.remove(), tally, out);
        }
      }
      while (!pending.isEmpty()) {
        finish(pending.remove(), tally, out);
      }
    } finally {
      pool.shutdownNow();
    }
    return tally.summary(verifier.id(), (System.nanoTime() - started) / 1e9);
  }

  private static @Nullable AnswerRecord read(int number, String text, Tally tally) {
    try {
      return AnswerRecord.parse(number, text);
    } catch (AnswerRecord.UnreadableException e) {
      tally.bad(number, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static void finish(Pending pending, Tally tally, @Nullable Writer out)
      throws IOException {
    Verdict verdict;
    try {
      verdict = pending.verdict().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "judging line " + pending.answer().line() + " failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while judging", e);
    }
    tally.add(pending.answer(), verdict);
    if (out != null) {
      out.write(json(pending.answer(), verdict));
      out.write('\n');
    }
  }

  private static String json(AnswerRecord answer, Verdict verdict) throws JsonProcessingException {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", answer.problem().id());
    node.put("line", answer.line());
    node.put("score", verdict.score());
    node.put("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
    node.put("reason", verdict.reason());
    ObjectNode parts = node.putObject("parts");
    verdict.parts().forEach(parts::put);
    if (answer.expected() != null) {
      node.put("expected", answer.expected() ? 1 : 0);
      node.put("agrees", (verdict.outcome() == Outcome.CORRECT) == answer.expected());
    }
    return JSON.writeValueAsString(node);
  }
}
