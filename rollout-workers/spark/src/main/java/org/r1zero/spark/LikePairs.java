package org.r1zero.spark;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.r1zero.coldstart.curate.MinHash;

/**
 * Near-duplicates as {@link org.r1zero.coldstart.curate.NearDuplicates} finds them, of traces that
 * are elsewhere. Of equal signatures all but the earliest go, whatever becomes of it. Of the
 * others, executors find the pairs that are alike, each within its band; the driver takes these in
 * the order of the later one: it goes where an earlier one that is like it has stayed.
 */
final class LikePairs {
  private static final StructType PAIR =
      new StructType()
          .add("rank", DataTypes.LongType)
          .add("later", DataTypes.LongType)
          .add("earlier", DataTypes.LongType);

  private LikePairs() {}

  /**
   * Finds what goes.
   *
   * @param traces with {@code place}, {@code rank}, {@code signature} and {@code bands}
   * @return their places, in order: the driver has 8 bytes for each
   */
  static long[] gone(Dataset<Row> traces, double threshold) {
    Column[] order = {functions.col("rank"), functions.col("place")};
    Dataset<Row> numbered =
        traces.withColumn(
            "nth", functions.row_number().over(Window.partitionBy("signature").orderBy(order)));
    Set<Long> gone = new HashSet<>();
    numbered
        .where("nth > 1")
        .select("place")
        .toLocalIterator()
        .forEachRemaining(row -> gone.add(row.getLong(0)));
    Dataset<Row> first = numbered.where("nth = 1").drop("nth");
    pairs(first, threshold)
        .toLocalIterator()
        .forEachRemaining(
            pair -> {
              if (!gone.contains(pair.getLong(2))) {
                gone.add(pair.getLong(1));
              }
            });
    return gone.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  private static Dataset<Row> pairs(Dataset<Row> first, double threshold) {
    Dataset<Row> members =
        first.select(functions.col("place"), functions.explode(functions.col("bands")).as("band"));
    Dataset<Row> shared = members.groupBy("band").count().where("count > 1").select("band");
    return members
        .join(shared, "band")
        .join(first.select("place", "rank", "signature"), "place")
        .select("band", "rank", "place", "signature")
        .repartition(functions.col("band"))
        .sortWithinPartitions("band", "rank", "place")
        .mapPartitions(
            (MapPartitionsFunction<Row, Row>) rows -> new InBands(rows, threshold),
            Encoders.row(PAIR))
        .distinct()
        .orderBy("rank", "later", "earlier");
  }

  /** The pairs of rows that are sorted by band: the earlier ones of a band are in memory. */
  private static final class InBands implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final double threshold;
    private final List<Earlier> earlier = new ArrayList<>();
    private final List<Row> found = new ArrayList<>();
    private long band;
    private int next;

    private record Earlier(long place, int[] signature) {}

    InBands(Iterator<Row> rows, double threshold) {
      this.rows = rows;
      this.threshold = threshold;
    }

    @Override
    public boolean hasNext() {
      while (next == found.size() && rows.hasNext()) {
        found.clear();
        next = 0;
        take(rows.next());
      }
      return next < found.size();
    }

    private void take(Row row) {
      if (row.getLong(0) != band) {
        earlier.clear();
        band = row.getLong(0);
      }
      long place = row.getLong(2);
      int[] signature = TraceRows.signature(row.getAs(3));
      for (Earlier one : earlier) {
        if (MinHash.similarity(signature, one.signature()) >= threshold) {
          found.add(RowFactory.create(row.getLong(1), place, one.place()));
        }
      }
      earlier.add(new Earlier(place, signature));
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return found.get(next++);
    }
  }
}
