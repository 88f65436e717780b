package org.r1zero.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.r1zero.coldstart.curate.Candidate;
import org.r1zero.coldstart.curate.Curation;
import org.r1zero.coldstart.curate.CurationConfig;
import org.r1zero.coldstart.curate.Curator;
import org.r1zero.coldstart.curate.DataEngine;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.curate.ExampleForm;
import org.r1zero.coldstart.curate.Selection;
import org.r1zero.coldstart.curate.TraceJudge;

@Tag("slow")
class SparkDataTest {
  private static final AtomicInteger JUDGED = new AtomicInteger();

  @TempDir private Path folder;

  /** Spark starts executors only from a home that has a folder of jars; ours come by class path. */
  @BeforeAll
  static void makeSparkHome() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
  }

  @BeforeEach
  void quiet() {
    System.setProperty("spark.ui.enabled", "false");
    JUDGED.set(0);
  }

  @AfterEach
  void stop() {
    if (System.clearProperty("spark.master") != null) {
      SparkContext.getOrCreate().stop();
    }
    System.clearProperty("spark.executor.extraClassPath");
  }

  /** Says of each trace whether it is short, and has no even number of words. */
  private record WordJudge() implements TraceJudge {
    @Override
    public List<String> filters() {
      return List.of("short", "odd");
    }

    @Override
    public String accuracy() {
      return "odd";
    }

    @Override
    public Candidate read(JsonNode record) {
      JUDGED.incrementAndGet();
      Example example = ExampleForm.read(record);
      if (example.problem().equals("p13")) {
        throw new IllegalArgumentException("its problem is 13");
      }
      Map<String, Boolean> passed = new LinkedHashMap<>();
      int words = example.completion().split(" ", -1).length;
      passed.put("short", words < 58);
      passed.put("odd", words % 7 != 0);
      return new Candidate(
          words == 44 ? null : example, // as one that said nothing
          example.problem(),
          "What of " + example.problem() + "?",
          passed);
    }
  }

  @Test
  void isOnOnlyWhereTheProcessIsASparkApplication() {
    assertThat(DataEngine.found()).isEmpty();
    System.setProperty("spark.master", "local[2]");
    assertThat(DataEngine.found()).containsInstanceOf(SparkData.class);
    System.clearProperty("spark.master");
  }

  @ParameterizedTest
  @CsvSource({
    "0,1,1,0,0.8,13,local[2]",
    "0.5,0.9,3,500,0.5,0,local[2]",
    "0,1,2,40,0,5,local[2]",
    "0,0.95,9,0,1,13,local[2]",
    "0.1,1,2,0,0.8,13,'local-cluster[2,1,1024]'"
  })
  void theSameTracesAreChosenAsWithoutSparkLineForLine(
      double least,
      double most,
      int perProblem,
      int target,
      double nearDuplicate,
      int ngram,
      String master)
      throws IOException {
    start(master);
    Curation curation =
        curation(
            new CurationConfig(least, most, perProblem, target, nearDuplicate, ngram), 3000, 1000);
    Selection expected = Curator.choose(curation);
    try (Selection found =
        new SparkCuration(SparkData.context(), curation, work(), said -> {}, 700).choose()) {
      assertThat(found.left()).containsExactlyEntriesOf(expected.left());
      assertThat(found.bad()).isEqualTo(expected.bad()).isNotEmpty();
      assertThat(lines(found)).isEqualTo(lines(expected)).hasSizeGreaterThan(30);
    }
    assertThat(Path.of(java.net.URI.create(work()))).doesNotExist();
    if (nearDuplicate > 0 && nearDuplicate < 1) {
      assertThat(expected.left().get("near_duplicates")).isLessThan(expected.left().get("odd"));
    }
  }

  @Test
  void whatAnInterruptedCurationJudgedIsNotJudgedAgain() throws IOException {
    start("local[2]");
    Curation curation = curation(new CurationConfig(0, 1, 2, 0, 0.8, 13), 1000, 1000);
    interrupt(curation);
    assertThat(JUDGED.get()).as("200, 200, and the rest of the first file").isEqualTo(500);
    assertGoesOn(curation, 500);
  }

  @Test
  void aBatchOfOtherRecordsOrWithoutAMarkIsJudgedAgain() throws IOException {
    start("local[2]");
    Curation curation = curation(new CurationConfig(0, 1, 2, 0, 0.8, 13), 1000, 1000);
    interrupt(curation);
    Curation turned =
        new Curation(
            List.of(curation.files().get(1), curation.files().get(0)),
            curation.judge(),
            curation.maxBad(),
            curation.config(),
            curation.evaluation(),
            curation.seed());
    JUDGED.set(0);
    assertGoesOn(turned, 1000);

    interrupt(curation);
    Path batch = folder.resolve("work").resolve("batch-000001");
    try (Stream<Path> all = Files.list(batch)) { // as if its writers' files were not seen yet
      for (Path file : all.filter(f -> !f.endsWith("_SUCCESS")).toList()) {
        Files.delete(file);
      }
    }
    JUDGED.set(0);
    assertGoesOn(curation, 700);
  }

  /** Curates until three batches are judged. */
  private void interrupt(Curation curation) {
    AtomicInteger batches = new AtomicInteger();
    assertThatThrownBy(
            () ->
                new SparkCuration(
                        SparkData.context(),
                        curation,
                        work(),
                        said -> {
                          if (batches.incrementAndGet() == 3) {
                            throw new IllegalStateException("killed");
                          }
                        },
                        200)
                    .choose())
        .hasMessage("killed");
  }

  /** Curates to the end with what is there, which is as without Spark. */
  private void assertGoesOn(Curation curation, int judged) throws IOException {
    int before = JUDGED.get();
    try (Selection found =
        new SparkCuration(SparkData.context(), curation, work(), said -> {}, 200).choose()) {
      assertThat(JUDGED.get() - before).isEqualTo(judged);
      Selection expected = Curator.choose(curation);
      assertThat(found.left()).isEqualTo(expected.left());
      assertThat(lines(found)).isEqualTo(lines(expected));
    }
  }

  @Test
  void tooManyBadRecordsAreTheSameError() throws IOException {
    start("local[2]");
    Curation curation = curation(new CurationConfig(0, 1, 2, 0, 0.8, 13), 1000, 3);
    String expected = message(() -> Curator.choose(curation));
    assertThat(expected).contains("more than 3 bad records");
    assertThat(message(() -> new SparkData().choose(curation, work(), said -> {})))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"local[2]", "'local-cluster[2,1,1024]'"})
  void eachRecordIsWorkedOnOnceAndResultsComeInOrder(String master) {
    start(master);
    DataEngine engine = new SparkData();
    DataEngine.Work<Integer, String> work = n -> "<" + n * n + ">";
    List<Integer> numbers = IntStream.range(0, 5000).boxed().toList();
    List<String> expected = numbers.stream().map(work::with).toList();
    assertThat(engine.each("squares", work, numbers)).isEqualTo(expected);
    assertThat(engine.each("squares again", work, List.of(3))).containsExactly("<9>");
    DataEngine.Work<Integer, String> other = n -> "[" + n + "]";
    assertThat(new SparkData().each("others", other, List.of(3))).containsExactly("[3]");
    assertThat(engine.each("squares once more", work, List.of(4))).containsExactly("<16>");
    assertThat(engine.each("nothing", work, List.<Integer>of())).isEmpty();
  }

  private interface Chooses {
    void run() throws IOException;
  }

  private static String message(Chooses what) throws IOException {
    try {
      what.run();
      return "";
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void start(String master) {
    System.setProperty("spark.master", master);
    System.setProperty("spark.executor.extraClassPath", System.getProperty("java.class.path"));
  }

  private String work() {
    return folder.resolve("work").toUri().toString();
  }

  private static List<String> lines(Selection selection) {
    List<String> lines = new ArrayList<>();
    selection.examples().forEach(e -> lines.add(ExampleForm.PROMPT_COMPLETION.write(e).toString()));
    return lines;
  }

  /** Texts of a few templates, with exact and near copies, and bad records of both kinds. */
  private Curation curation(CurationConfig config, int traces, int maxBad) throws IOException {
    Random random = new Random(7);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < traces; i++) {
      if (i > 10 && random.nextInt(5) == 0) {
        examples.add(examples.get(random.nextInt(examples.size())));
        continue;
      }
      List<String> words = new ArrayList<>();
      int template = random.nextInt(20);
      for (int w = 0; w < 40 + random.nextInt(25); w++) {
        words.add(template < 6 ? "t" + template + "w" + w : "w" + random.nextInt(300));
      }
      for (int change = random.nextInt(4); change > 0; change--) {
        words.set(random.nextInt(words.size()), "x" + random.nextInt(50));
      }
      examples.add(
          new Example(
              "p" + random.nextInt(300),
              random.nextInt(4),
              "Q " + template,
              List.of(),
              String.join(" ", words)));
    }
    Path first = folder.resolve("first.jsonl");
    Path second = folder.resolve("second.parquet");
    int half = traces / 2;
    ExampleFiles.write(first, examples.subList(0, half), ExampleForm.PROMPT_COMPLETION);
    List<String> lines = new ArrayList<>(Files.readAllLines(first));
    lines.set(17, "{\"prompt\": ");
    lines.add(40, "");
    lines.add(50, "[1, 2]");
    Files.write(first, lines);
    ExampleFiles.write(second, examples.subList(half, traces), ExampleForm.MESSAGES);
    List<String> evaluation = List.of(examples.get(3).completion(), examples.get(9).completion());
    return new Curation(List.of(first, second), new WordJudge(), maxBad, config, evaluation, 11);
  }
}
