package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BucketsTest {

  @Test
  void longTailedCompletionsArePaddedByLessThanATenth() {
    Random random = new Random(1);
    int[][] prompts = new int[4][];
    int[][] completions = new int[64][];
    int[] owner = new int[64];
    Arrays.setAll(prompts, p -> new int[40 + 30 * p]);
    for (int c = 0; c < completions.length; c++) {
      completions[c] = new int[(int) (16 * Math.pow(32, random.nextDouble()))];
      owner[c] = c % prompts.length;
    }
    long rectangle = 0;
    long real = 0;
    List<Integer> seen = new ArrayList<>();
    TokenBatch batch = new TokenBatch(prompts, completions, owner);
    for (Buckets.Bucket bucket : Buckets.of(batch)) {
      rectangle += (long) bucket.members().size() * bucket.time();
      for (int member : bucket.members()) {
        if (bucket.prompt() < 0) {
          real += prompts[member].length;
        } else {
          assertThat(owner[member]).isEqualTo(bucket.prompt());
          real += completions[member].length - 1;
          seen.add(member);
        }
      }
    }
    assertThat(seen).hasSize(64).doesNotHaveDuplicates();
    assertThat(real).isEqualTo(batch.rowCount());
    assertThat(1 - (double) real / rectangle).isBetween(0.0, 0.1);
  }

  @Test
  void completionsOfOneLengthShareABucket() {
    TokenBatch batch = new TokenBatch(new int[][] {{1, 2}}, new int[8][5], new int[8]);
    List<Buckets.Bucket> buckets = Buckets.of(batch);
    assertThat(buckets).hasSize(2);
    assertThat(buckets.get(1).members()).hasSize(8);
    assertThat(buckets.get(1).time()).isEqualTo(4);
  }
}
