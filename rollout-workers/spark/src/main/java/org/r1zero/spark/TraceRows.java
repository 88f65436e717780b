package org.r1zero.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.r1zero.coldstart.curate.Candidate;
import org.r1zero.coldstart.curate.Curation;
import org.r1zero.coldstart.curate.CurationConfig;
import org.r1zero.coldstart.curate.Example;
import org.r1zero.coldstart.curate.ExampleForm;
import org.r1zero.coldstart.curate.MinHash;
import org.r1zero.coldstart.curate.TraceJudge;
import org.r1zero.coldstart.curate.TraceSieve;

/**
 * Makes rows of records, on executors: what a trace is judged to be, and all by which it is
 * compared with others. For several threads.
 */
final class TraceRows implements Serializable {
  private static final long serialVersionUID = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A trace; {@code fault} says why a record can't be used, {@code passed} how many verdicts let it
   * through (-1 where nothing was said), {@code correct} whether it is right, and what follows
   * {@code clean} is null unless all did and it overlaps no evaluation set.
   */
  static final StructType SCHEMA =
      new StructType()
          .add("place", DataTypes.LongType)
          .add("file", DataTypes.IntegerType)
          .add("line", DataTypes.LongType)
          .add("fault", DataTypes.StringType)
          .add("asked", DataTypes.StringType)
          .add("correct", DataTypes.IntegerType)
          .add("passed", DataTypes.IntegerType)
          .add("clean", DataTypes.BooleanType)
          .add("rank", DataTypes.LongType)
          .add("problem", DataTypes.StringType)
          .add("difficulty", DataTypes.IntegerType)
          .add("record", DataTypes.StringType)
          .add("signature", DataTypes.BinaryType)
          .add("bands", DataTypes.createArrayType(DataTypes.LongType));

  private final TraceJudge judge;
  private final CurationConfig config;
  private final List<String> evaluation;
  private final long seed;
  private transient volatile @Nullable Here here;

  /**
   * A record that was read.
   *
   * @param place among the records of all files, from 0
   * @param file its file's number
   * @param line where it is in there
   * @param text as JSON
   */
  record Line(long place, int file, long line, String text) implements Serializable {}

  private record Here(TraceSieve sieve, MinHash hashes) {}

  TraceRows(Curation curation) {
    this.judge = curation.judge();
    this.config = curation.config();
    this.evaluation = curation.evaluation();
    this.seed = curation.seed();
  }

  private Here here() {
    Here made = here;
    if (made == null) {
      synchronized (this) {
        made = here;
        if (made == null) {
          made =
              new Here(
                  new TraceSieve(judge.filters(), config, evaluation, seed), new MinHash(seed));
          here = made;
        }
      }
    }
    return made;
  }

  Row row(Line line) {
    Candidate trace;
    try {
      trace = judge.read(JSON.readTree(line.text()));
    } catch (IllegalArgumentException e) {
      return row(line, String.valueOf(e.getMessage()), null, null, null, null, null);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record is JSON", e);
    }
    int correct = trace.passed().getOrDefault(judge.accuracy(), false) ? 1 : 0;
    TraceSieve sieve = here().sieve();
    Example example = trace.example();
    int passed = example == null ? -1 : sieve.passed(trace);
    boolean clean = passed == judge.filters().size() && sieve.isClean(trace);
    return row(
        line,
        null,
        trace.asked(),
        correct,
        passed,
        clean,
        clean ? example : null,
        trace.question());
  }

  private Row row(
      Line line,
      @Nullable String fault,
      @Nullable String asked,
      @Nullable Integer correct,
      @Nullable Integer passed,
      @Nullable Boolean clean,
      @Nullable Example example,
      String... question) {
    List<@Nullable Object> values =
        new ArrayList<>(Arrays.asList(line.place(), line.file(), line.line(), fault));
    values.addAll(Arrays.asList(asked, correct, passed, clean));
    if (example == null) {
      values.addAll(Collections.nCopies(SCHEMA.size() - values.size(), null));
    } else {
      int[] signature =
          config.nearDuplicate() > 0
              ? here().hashes().signature(TraceSieve.compared(example, question[0]))
              : new int[0];
      values.addAll(
          Arrays.asList(
              here().sieve().rank(example, question[0]),
              TraceSieve.problem(example, question[0]),
              example.difficulty(),
              ExampleForm.PROMPT_COMPLETION.write(example).toString(),
              bytes(signature),
              signature.length == 0 ? new long[0] : MinHash.bands(signature)));
    }
    return RowFactory.create(values.toArray());
  }

  private static byte[] bytes(int[] signature) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * signature.length);
    bytes.asIntBuffer().put(signature);
    return bytes.array();
  }

  static int[] signature(byte[] bytes) {
    int[] signature = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).asIntBuffer().get(signature);
    return signature;
  }
}
