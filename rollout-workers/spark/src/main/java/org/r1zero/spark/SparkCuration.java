package org.r1zero.spark;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;
import org.r1zero.coldstart.curate.Curation;
import org.r1zero.coldstart.curate.CurationConfig;
import org.r1zero.coldstart.curate.Curator;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleFiles;
import org.r1zero.coldstart.curate.ExampleForm;
import org.r1zero.coldstart.curate.Selection;
import org.r1zero.coldstart.curate.TraceSieve;
import org.r1zero.coldstart.records.BadRecord;
import org.r1zero.coldstart.records.RecordFiles;
import org.r1zero.coldstart.records.RecordSink;
import org.r1zero.grpo.files.Hashes;

/**
 * One curation. The driver reads the files, as it does without Spark, and hands records out in
 * batches; executors judge them and write what they found as Parquet, a folder for each batch. One
 * that is complete has a mark by the hash of its records, so that the same records are not judged a
 * second time, and others are. The rest is data frames over these folders.
 */
final class SparkCuration {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final int BATCH = 20_000;
  private static final long BATCH_CHARS = 32 << 20;

  private final JavaSparkContext context;
  private final SparkSession spark;
  private final Curation curation;
  private final SentWork<TraceRows> sent;
  private final Path folder;
  private final FileSystem files;
  private final Consumer<String> say;
  private final List<String> batches = new ArrayList<>();
  private final List<TraceRows.Line> batch = new ArrayList<>();
  private final List<BadRecord> bad = new ArrayList<>();
  private final int batchSize;
  private long batchChars;
  private long place;

  /** Gives executors' room free. */
  private final List<Runnable> kept = new ArrayList<>();

  /**
   * Sets what is curated.
   *
   * @param folder that all machines see
   * @param batchSize records that are judged together: what an interruption costs at most
   */
  SparkCuration(
      JavaSparkContext context,
      Curation curation,
      String folder,
      Consumer<String> say,
      int batchSize)
      throws IOException {
    this.batchSize = batchSize;
    this.context = context;
    var builder = SparkSession.builder();
    if (!context.getConf().contains("spark.sql.shuffle.partitions")) {
      builder.config(
          "spark.sql.shuffle.partitions",
          String.valueOf(Math.max(8, 2 * context.defaultParallelism())));
    }
    this.spark = builder.getOrCreate();
    this.curation = curation;
    this.sent = SentWork.send(context, new TraceRows(curation));
    this.folder = new Path(folder);
    this.files = this.folder.getFileSystem(context.hadoopConfiguration());
    this.say = say;
  }

  Selection choose() throws IOException {
    boolean isChosen = false;
    try {
      for (int file = 0; file < curation.files().size(); file++) {
        read(file);
      }
      bad.sort(
          Comparator.comparingInt((BadRecord b) -> number(b)).thenComparingLong(BadRecord::line));
      context.setJobGroup("r1zero", "curate: choose among " + place + " traces", true);
      Selection selection = chosen();
      isChosen = true;
      return selection;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      if (!isChosen) {
        release();
      }
      sent.sent().destroy();
      context.clearJobGroup();
    }
  }

  private int number(BadRecord record) {
    return IntStream.range(0, curation.files().size())
        .filter(i -> curation.files().get(i).toString().equals(record.file()))
        .findFirst()
        .orElse(0);
  }

  private void read(int file) throws IOException {
    String name = curation.files().get(file).toString();
    RecordFiles.read(
        curation.files().get(file),
        new RecordSink() {
          @Override
          public void record(long line, JsonNode record) {
            String text = record.toString();
            batch.add(new TraceRows.Line(place++, file, line, text));
            batchChars += text.length();
            if (batch.size() == batchSize || batchChars >= BATCH_CHARS) {
              judge();
            }
          }

          @Override
          public void unreadable(long line, String why) {
            bad.add(new BadRecord(name, line, why));
          }
        });
    judge();
    requireFew(name);
  }

  private void requireFew(String file) {
    List<BadRecord> own =
        bad.stream()
            .filter(b -> b.file().equals(file))
            .sorted(Comparator.comparingLong(BadRecord::line))
            .limit(curation.maxBad() + 1L)
            .toList();
    ExampleFiles.requireFew(own, curation.maxBad());
  }

  /** Judges the batch at hand, unless it is judged already. */
  private void judge() {
    if (batch.isEmpty()) {
      return;
    }
    Path target = new Path(folder, String.format("batch-%06d", batches.size()));
    try {
      Path checked = new Path(target, "_CHECKED-" + hash());
      if (!files.exists(checked)) {
        judge(target);
        files.create(checked).close();
        say.accept(String.format("judged %,d records", place));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    batches.add(target.toString());
    List<Row> faults =
        frame(target.toString())
            .where("fault is not null")
            .select("file", "line", "fault")
            .collectAsList();
    faults.forEach(
        row ->
            bad.add(
                new BadRecord(
                    curation.files().get(row.getInt(0)).toString(),
                    row.getLong(1),
                    row.getString(2))));
    if (!faults.isEmpty()) {
      requireFew(curation.files().get(batch.get(batch.size() - 1).file()).toString());
    }
    batch.clear();
    batchChars = 0;
  }

  /** Of all that the batch's rows follow from, besides the curation. */
  private String hash() {
    MessageDigest digest = Hashes.digest();
    for (TraceRows.Line line : batch) {
      String at = line.place() + " " + line.file() + " " + line.line() + " ";
      digest.update((at + line.text() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void judge(Path target) throws IOException {
    context.setJobGroup(
        "r1zero",
        String.format("curate: judge records %,d to %,d", place - batch.size() + 1, place),
        true);
    SentWork<TraceRows> work = sent;
    JavaRDD<Row> judged =
        context
            .parallelize(batch, SparkData.tasks(context, batch.size()))
            .map(line -> work.here().row(line));
    spark
        .createDataFrame(judged, TraceRows.SCHEMA)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(target.toString());
    long found = frame(target.toString()).count();
    if (found != batch.size()) {
      files.delete(target, true);
      throw new IOException(
          String.format(
              "executors wrote %,d records to %s, of which this process sees %,d: give a folder that"
                  + " all machines see as rollouts.weights_folder, such as hdfs:///tmp/r1zero",
              batch.size(), target, found));
    }
  }

  private Dataset<Row> frame(String... folders) {
    return spark.read().schema(TraceRows.SCHEMA).parquet(folders);
  }

  private Selection chosen() {
    Dataset<Row> judged =
        batches.isEmpty()
            ? spark.createDataFrame(List.<Row>of(), TraceRows.SCHEMA)
            : frame(batches.toArray(String[]::new));
    List<String> verdicts = curation.judge().filters();
    int[] passed = new int[verdicts.size() + 1];
    judged
        .where("passed >= 0")
        .groupBy("passed")
        .count()
        .collectAsList()
        .forEach(row -> passed[row.getInt(0)] = Math.toIntExact(row.getLong(1)));
    Map<String, Integer> left = Curator.left(verdicts, passed);
    CurationConfig config = curation.config();
    Dataset<Row> whole = judged.where(col("passed").equalTo(verdicts.size()));
    if (config.limitsPassRate()) {
      Dataset<Row> allowed =
          judged
              .where("fault is null")
              .groupBy("asked")
              .agg(functions.sum("correct").as("right"), functions.count("asked").as("all"))
              .where(
                  functions
                      .udf(
                          (UDF2<Long, Long, Boolean>) config::allowsPassRate, DataTypes.BooleanType)
                      .apply(col("right"), col("all")))
              .select("asked");
      whole = whole.join(allowed, new String[] {"asked"}, "left_semi");
      left.put(TraceSieve.PASS_RATE, Math.toIntExact(whole.count()));
    }
    whole = whole.where("clean");
    int clean = Math.toIntExact(whole.count());
    if (config.decontaminateNgram() > 0) {
      left.put(TraceSieve.DECONTAMINATED, clean);
    }
    Dataset<Row> rest = whole.select("place", "rank", "problem", "difficulty");
    if (curation.config().nearDuplicate() > 0) {
      long[] gone =
          LikePairs.gone(
              whole.select("place", "rank", "signature", "bands"),
              curation.config().nearDuplicate());
      left.put(TraceSieve.NEAR_DUPLICATES, clean - gone.length);
      Broadcast<long[]> dropped = context.broadcast(gone);
      kept.add(dropped::destroy);
      rest =
          rest.where(
              functions
                  .udf(
                      (UDF1<Long, Boolean>) one -> Arrays.binarySearch(dropped.value(), one) < 0,
                      DataTypes.BooleanType)
                  .apply(col("place")));
    }
    Dataset<Row> balanced =
        rest.withColumn(
                "nth",
                functions.row_number().over(Window.partitionBy("problem").orderBy("rank", "place")))
            .where(col("nth").leq(curation.config().maxPerProblem()))
            .select("place", "rank", "difficulty")
            .persist(StorageLevel.DISK_ONLY());
    kept.add(balanced::unpersist);
    int count = Math.toIntExact(balanced.count());
    left.put(TraceSieve.BY_PROBLEM, count);
    int target = curation.config().target();
    int taken = target == 0 ? count : Math.min(target, count);
    left.put(TraceSieve.BY_DIFFICULTY, taken);
    Dataset<Row> inTurn =
        balanced
            .withColumn(
                "turn",
                functions
                    .row_number()
                    .over(Window.partitionBy("difficulty").orderBy("rank", "place")))
            .select("place", "turn", "difficulty");
    Dataset<Row> chosen =
        (taken < count ? inTurn.orderBy("turn", "difficulty").limit(taken) : inTurn)
            .join(whole.select("place", "record"), "place")
            .orderBy("turn", "difficulty")
            .select("record");
    return new Selection(() -> examples(chosen.toLocalIterator()), left, bad, this::forget);
  }

  private static Iterator<Example> examples(Iterator<Row> records) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public Example next() {
        try {
          return ExampleForm.read(JSON.readTree(records.next().getString(0)));
        } catch (JsonProcessingException e) {
          throw new IllegalStateException("a record is JSON", e);
        }
      }
    };
  }

  private void release() {
    if (!context.sc().isStopped()) {
      kept.forEach(Runnable::run);
    }
    kept.clear();
  }

  private void forget() {
    release();
    try {
      files.delete(folder, true);
    } catch (IOException e) {
      say.accept("can't delete " + folder + ": " + e.getMessage());
    }
  }
}
