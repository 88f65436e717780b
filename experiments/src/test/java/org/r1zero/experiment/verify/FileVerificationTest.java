package org.r1zero.experiment.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.r1zero.verify.reward.PortableVerifier;

class FileVerificationTest {
  @TempDir private Path folder;

  /** A cluster in this process, which can fail. */
  private static final class FakeCluster implements DataEngine {
    private final List<String> asked = new ArrayList<>();
    private int failAt = Integer.MAX_VALUE;

    @Override
    public boolean isOn() {
      return true;
    }

    @Override
    public <A extends Serializable, B extends Serializable> List<B> each(
        String what, Work<A, B> work, List<A> records) {
      if (asked.size() == failAt) {
        throw new IllegalStateException("the cluster is gone");
      }
      asked.add(what);
      return records.stream().map(work::with).toList();
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
    try {
      judge(file, "there.jsonl", cluster);
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("the cluster is gone");
    }
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
  void tablesGoInAndOut() throws IOException {
    Path csv = folder.resolve("answers.csv");
    Files.writeString(
        csv,
        "id,gold,completion\na,4,<answer>4</answer>\nb,5,<answer>6</answer>\n",
        StandardCharsets.UTF_8);
    VerifySummary summary = judge(csv, "verdicts.parquet", null);
    assertThat(summary.records()).isEqualTo(2);
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
    assertThat(rows).extracting(r -> r.path("id").asText()).containsExactly("a", "b");
    assertThat(rows).extracting(r -> r.path("score").asDouble()).containsExactly(1.0, 0.0);
    assertThat(rows)
        .extracting(r -> r.path("outcome").asText())
        .containsExactly("correct", "incorrect");
    VerifySummary again = judge(folder.resolve("verdicts.parquet"), "x.jsonl", null);
    assertThat(again.unreadableCount()).as("verdicts are no answers").isEqualTo(2);
  }

  private VerifySummary judge(Path file, String out, @Nullable DataEngine cluster)
      throws IOException {
    PortableVerifier verifier =
        new PortableVerifier(
            "number", JsonNodeFactory.instance.objectNode(), List.of(), 2, Duration.ofSeconds(20));
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
