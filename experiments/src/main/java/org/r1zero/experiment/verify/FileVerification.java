package org.r1zero.experiment.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.curate.DataEngine;
import org.r1zero.coldstart.records.RecordFiles;
import org.r1zero.coldstart.records.RecordSink;
import org.r1zero.experiment.config.NamedFiles;
import org.r1zero.grpo.files.Hashes;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.records.RecordFile;
import org.r1zero.verify.reward.PortableVerifier;

/**
 * Judges every line of a file, several at a time, and writes the verdicts in the file's order: on
 * the cluster that this process was started on, otherwise here. A bounded number of lines is in
 * memory. Verdicts that an interrupted judging left are taken over, except those that failed.
 */
public final class FileVerification {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final PortableVerifier verifier;
  private final int threads;
  private final Optional<DataEngine> cluster;

  /**
   * Sets who judges.
   *
   * @param threads how many completions at a time in this process
   */
  public FileVerification(PortableVerifier verifier, int threads) {
    this(verifier, threads, DataEngine.found());
  }

  FileVerification(PortableVerifier verifier, int threads, Optional<DataEngine> cluster) {
    this.verifier = verifier;
    this.threads = threads;
    this.cluster = cluster;
  }

  /**
   * A record that is being judged, or was.
   *
   * @param known what an earlier judging wrote of it
   */
  private record Pending(AnswerRecord answer, Future<Verdict> verdict, @Nullable String known) {}

  /**
   * Judges a file.
   *
   * @param file one JSON object per line, gzipped where its name ends in .gz (blank lines are
   *     skipped); or a table whose name ends in .parquet, .csv or .tsv
   * @param out where verdicts go: JSON lines, or Parquet where the name ends so; {@code null} for
   *     nowhere
   * @throws IOException if the file can't be read or the verdicts can't be written
   */
  public VerifySummary run(Path file, @Nullable Path out) throws IOException {
    long started = System.nanoTime();
    String key =
        Hashes.sha256(file)
            + " "
            + verifier.description()
            + NamedFiles.contents(verifier.options(), verifier.plugins());
    try (Judging judging =
            cluster.isPresent()
                ? new ClusterJudging(cluster.get(), verifier)
                : new LocalJudging(verifier.open(), threads);
        VerdictFile verdicts = out == null ? VerdictFile.nowhere() : VerdictFile.open(out, key)) {
      Run run = new Run(judging, verdicts);
      run.read(file);
      run.end();
      return run.tally.summary(verifier.open().id(), (System.nanoTime() - started) / 1e9);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** One judging of a file. */
  private static final class Run implements RecordSink {
    private final Judging judging;
    private final VerdictFile verdicts;
    private final Tally tally = new Tally();
    private final Deque<Pending> pending = new ArrayDeque<>();

    Run(Judging judging, VerdictFile verdicts) {
      this.judging = judging;
      this.verdicts = verdicts;
    }

    void read(Path file) throws IOException {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (name.matches(".*\\.(parquet|csv|tsv)(\\.gz)?")) {
        RecordFiles.read(file, this);
        return;
      }
      try (RecordFile lines = RecordFile.openLeniently(file)) {
        for (String line = lines.next(); line != null; line = lines.next()) {
          take(lines.line(), line);
        }
      }
    }

    @Override
    public void record(long line, JsonNode record) {
      take(line, record.toString());
    }

    @Override
    public void unreadable(long line, String why) {
      tally.bad(Math.toIntExact(line), why);
    }

    private void take(long line, String text) {
      AnswerRecord answer;
      try {
        answer = AnswerRecord.parse(Math.toIntExact(line), text);
      } catch (AnswerRecord.UnreadableException e) {
        unreadable(line, String.valueOf(e.getMessage()));
        return;
      }
      VerdictFile.Known known = verdicts.next(line);
      pending.add(
          known == null
              ? new Pending(answer, judging.submit(answer), null)
              : new Pending(
                  answer, CompletableFuture.completedFuture(known.verdict()), known.json()));
      if (pending.size() >= judging.inLine()) {
        Pending first = pending.remove();
        if (!first.verdict().isDone()) {
          judging.flush(); // it may be among few that wait for more
        }
        finish(first);
      }
    }

    void end() throws IOException {
      judging.flush();
      while (!pending.isEmpty()) {
        finish(pending.remove());
      }
      verdicts.end();
    }

    private void finish(Pending one) {
      Verdict verdict;
      try {
        verdict = one.verdict().get();
      } catch (ExecutionException e) {
        throw new IllegalStateException(
            "judging line " + one.answer().line() + " failed: " + e.getCause(), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while judging", e);
      }
      tally.add(one.answer(), verdict);
      try {
        String known = one.known();
        verdicts.add(known == null ? json(one.answer(), verdict) : known);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
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
