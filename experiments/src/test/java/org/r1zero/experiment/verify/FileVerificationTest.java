package org.r1zero.experiment.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.r1zero.coldstart.curate.Curation;
import org.r1zero.coldstart.curate.DataEngine;
import org.r1zero.coldstart.curate.Selection;
import org.r1zero.coldstart.records.RecordFiles;
import org.r1zero.coldstart.records.RecordSink;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.reward.PortableVerifier;

class FileVerificationTest {
  @TempDir private Path folder;

  /** A cluster in this process, which can fail. */
  private static final class FakeCluster implements DataEngine {
    private final List<String> asked = new ArrayList<>();
    private @Nullable Verdict fixed;
    private int failAt = Integer.MAX_VALUE;
    private Runnable meanwhile = () -> {};

    @Override
    public boolean isOn() {
      return true;
    }

    @Override
    @SuppressWarnings("unchecked") // what comes back from verify is a verdict
    public <A extends Serializable, B extends Serializable> List<B> each(
        String what, Work<A, B> work, List<A> records) {
      asked.add(what);
      meanwhile.run();
      if (asked.size() > failAt) {
        throw new IllegalStateException("the cluster is gone");
      }
      Verdict same = fixed;
      return records.stream().map(one -> same == null ? work.with(one) : (B) same).toList();
    }

    @Override
    public Selection choose(Curation curation, String work, Consumer<String> say) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aClusterJudgesLineForLineAsThisProcessDoes() throws IOException {
    Path file = answers(45_000);
    FakeCluster cluster = new FakeCluster();
    VerifySummary here = judge(file, "here.jsonl", null);
    VerifySummary there = judge(file, "there.jsonl", cluster);
    assertThat(folder.resolve("there.jsonl")).hasSameBinaryContentAs(folder.resolve("here.jsonl"));
    assertThat(there).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(here);
    assertThat(here.records()).isEqualTo(44_999);
    assertThat(here.unreadableCount()).isEqualTo(1);
    assertThat(here.correct()).isEqualTo(22_500);
    assertThat(cluster.asked)
        .containsExactly(
            "verify lines 1 to 20,001",
            "verify lines 20,002 to 40,001",
            "verify lines 40,002 to 45,000");
  }

  @Test
  void whatAnInterruptedJudgingLeftIsTakenOver() throws IOException {
    Path file = answers(45_000);
    judge(file, "here.jsonl", null);
    FakeCluster cluster = new FakeCluster();
    cluster.failAt = 2;
    interrupted(() -> judge(file, "there.jsonl", cluster));
    assertThat(folder.resolve("there.jsonl")).doesNotExist();
    Path partial = only(".there.jsonl");
    // as a kill may leave it
    Files.writeString(partial, "{\"id\": \"cut o", java.nio.file.StandardOpenOption.APPEND);
    int judged = Files.readAllLines(partial).size() - 1;
    assertThat(judged).isGreaterThan(15_000);
    FakeCluster again = new FakeCluster();
    VerifySummary summary = judge(file, "there.jsonl", again);
    assertThat(folder.resolve("there.jsonl")).hasSameBinaryContentAs(folder.resolve("here.jsonl"));
    assertThat(summary.correct()).isEqualTo(22_500);
    assertThat(again.asked).hasSizeLessThan(3);
    assertThat(again.asked.get(0)).doesNotStartWith("verify lines 1 ");
    assertThat(partial).doesNotExist();
  }

  @Test
  void whatFailedIsJudgedAgainAndTheRestTakenOverHoweverOftenItIsInterrupted() throws IOException {
    Path file = answers(45_000);
    judge(file, "here.jsonl", null);
    FakeCluster cluster = new FakeCluster();
    cluster.failAt = 2;
    interrupted(() -> judge(file, "there.jsonl", cluster));
    Path partial = only(".there.jsonl");
    Files.write(
        partial,
        Files.readAllLines(partial).stream()
            .map(l -> l.contains("\"line\":11,") ? l.replace("\"correct\"", "\"timeout\"") : l)
            .toList());
    FakeCluster second = new FakeCluster();
    second.failAt = 0;
    interrupted(() -> judge(file, "there.jsonl", second));
    assertThat(Files.readAllLines(partial)).hasSize(9);
    FakeCluster third = new FakeCluster();
    VerifySummary summary = judge(file, "there.jsonl", third);
    assertThat(folder.resolve("there.jsonl")).hasSameBinaryContentAs(folder.resolve("here.jsonl"));
    assertThat(summary.correct()).isEqualTo(22_500);
    assertThat(third.asked.get(0)).isEqualTo("verify lines 11 to 11");
    assertThat(third.asked.get(1)).doesNotStartWith("verify lines 12 ").hasSizeGreaterThan(20);
    assertThat(names()).containsExactlyInAnyOrder("answers.jsonl", "here.jsonl", "there.jsonl");
  }

  @Test
  void verdictsOfAnotherProgramAreNotTakenOver() throws IOException {
    Path file = answers(25_000);
    Path program = Files.writeString(folder.resolve("reward.py"), "old");
    FakeCluster cluster = new FakeCluster();
    cluster.failAt = 1;
    cluster.fixed = new Verdict(1, Outcome.CORRECT, "old");
    interrupted(() -> judge(python(program), file, "there.jsonl", cluster));
    FakeCluster same = new FakeCluster();
    same.failAt = 0;
    interrupted(() -> judge(python(program), file, "there.jsonl", same));
    assertThat(same.asked.get(0)).doesNotStartWith("verify lines 1 ");
    Files.writeString(program, "new");
    FakeCluster other = new FakeCluster();
    other.failAt = 0;
    interrupted(() -> judge(python(program), file, "there.jsonl", other));
    assertThat(other.asked.get(0)).startsWith("verify lines 1 ");
  }

  @Test
  void twoAtOnceDoNotWriteTheSameFile() throws IOException {
    Path file = answers(50);
    FakeCluster cluster = new FakeCluster();
    cluster.meanwhile =
        () ->
            assertThatThrownBy(() -> judge(file, "there.jsonl", null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("another verify is writing it");
    assertThat(judge(file, "there.jsonl", cluster).records()).isEqualTo(49);
    assertThat(Files.readAllLines(folder.resolve("there.jsonl"))).hasSize(49);
    assertThat(judge(file, "there.jsonl", null).records()).isEqualTo(49);
  }

  @Test
  void linksAreFollowedAndPipesWrittenTo() throws IOException, InterruptedException {
    Path file = answers(50);
    judge(file, "here.jsonl", null);
    Path far = Files.createDirectory(folder.resolve("far")).resolve("verdicts.jsonl");
    Path link = Files.createSymbolicLink(folder.resolve("link.jsonl"), far);
    for (int time = 0; time < 2; time++) { // where nothing is there yet, and where it is
      judge(file, "link.jsonl", null);
      assertThat(link).isSymbolicLink();
      assertThat(far).hasSameBinaryContentAs(folder.resolve("here.jsonl"));
    }
    Path pipe = folder.resolve("pipe.jsonl");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.readString(pipe);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    judge(file, "pipe.jsonl", null);
    assertThat(Files.readAttributes(pipe, BasicFileAttributes.class).isOther()).isTrue();
    assertThat(read.join()).isEqualTo(Files.readString(folder.resolve("here.jsonl")));
  }

  private interface Judged {
    void run() throws IOException;
  }

  private static void interrupted(Judged judging) {
    assertThatThrownBy(judging::run).hasMessage("the cluster is gone");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(f -> f.getFileName().toString()).toList();
    }
  }

  /** Needs no Python: a cluster judges, whose verdicts are fixed. */
  private static PortableVerifier python(Path program) {
    return new PortableVerifier(
        "python",
        JsonNodeFactory.instance.objectNode().put("file", program.toString()),
        List.of(),
        Duration.ofSeconds(20));
  }

  @Test
  void tablesGoInAndOut() throws IOException {
    Path csv = folder.resolve("answers.csv");
    Files.writeString(
        csv,
        """
        id,gold,completion,expected,tokens
        a,4,<answer>4</answer>,1,7
        b,5,<answer>6</answer>,0.0,
        c,5,<answer>5</answer>,False,12
        d,5,<answer>5</answer>,2,
        e,5,<answer>5</answer>,,7.5
        """,
        StandardCharsets.UTF_8);
    Files.writeString(folder.resolve("verdicts.parquet"), "an old one");
    VerifySummary summary = judge(csv, "verdicts.parquet", null);
    assertThat(summary.records()).isEqualTo(3);
    assertThat(summary.withExpected()).isEqualTo(3);
    assertThat(summary.falseNegatives()).isZero();
    assertThat(summary.falsePositives()).isEqualTo(1);
    assertThat(summary.unreadable())
        .extracting(VerifySummary.BadLine::reason)
        .containsExactly(
            "expected must be 0 or 1, found \"2\"",
            "expected tokens, a whole number, found \"7.5\"");
    List<JsonNode> rows = new ArrayList<>();
    RecordFiles.read(
        folder.resolve("verdicts.parquet"),
        new RecordSink() {
          @Override
          public void record(long line, JsonNode record) {
            rows.add(record);
          }

          @Override
          public void unreadable(long line, String why) {
            throw new IllegalStateException(why);
          }
        });
    assertThat(rows).extracting(r -> r.path("id").asText()).containsExactly("a", "b", "c");
    assertThat(rows).extracting(r -> r.path("score").asDouble()).containsExactly(1.0, 0.0, 1.0);
    assertThat(rows)
        .extracting(r -> r.path("outcome").asText())
        .containsExactly("correct", "incorrect", "correct");
    VerifySummary again = judge(folder.resolve("verdicts.parquet"), "x.jsonl", null);
    assertThat(again.unreadableCount()).as("verdicts are no answers").isEqualTo(3);
  }

  private VerifySummary judge(Path file, String out, @Nullable DataEngine cluster)
      throws IOException {
    return judge(
        new PortableVerifier(
            "number", JsonNodeFactory.instance.objectNode(), List.of(), Duration.ofSeconds(20)),
        file,
        out,
        cluster);
  }

  private VerifySummary judge(
      PortableVerifier verifier, Path file, String out, @Nullable DataEngine cluster)
      throws IOException {
    return new FileVerification(verifier, 2, Optional.ofNullable(cluster))
        .run(file, folder.resolve(out));
  }

  private Path answers(int count) throws IOException {
    Path file = folder.resolve("answers.jsonl");
    List<String> lines =
        new ArrayList<>(
            IntStream.range(0, count)
                .mapToObj(
                    i ->
                        "{\"id\": \"a%d\", \"gold\": \"%d\", \"completion\": \"<answer>%d</answer>\"}"
                            .formatted(i, i, i % 2 == 0 ? i : i + 1))
                .toList());
    lines.set(5, "{\"id\": ");
    return Files.write(file, lines);
  }

  private Path only(String start) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().startsWith(start))
          .findFirst()
          .orElseThrow();
    }
  }
}
