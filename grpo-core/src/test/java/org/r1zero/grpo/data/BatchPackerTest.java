package org.r1zero.grpo.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchPackerTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 40", "3, 25", "4, 100", "7, 60", "20, 1000000"})
  void everySampleIsInExactlyOnePart(int minibatches, int maxTokens) {
    List<List<Sample>> groups = randomGroups(9, 5, 42);
    List<Minibatch> packed = new BatchPacker(minibatches, maxTokens).pack(groups, 1);
    List<Sample> samples = samples(packed);
    Set<Sample> once = Collections.newSetFromMap(new IdentityHashMap<>());
    once.addAll(samples);
    assertThat(samples).hasSize(45);
    assertThat(once).hasSize(45);
    groups.forEach(group -> assertThat(once).containsAll(group));
  }

  @ParameterizedTest
  @CsvSource({"1, 30", "2, 55", "3, 200"})
  void partsRespectTheTokenLimitUnlessOneSequenceExceedsIt(int minibatches, int maxTokens) {
    List<Minibatch> packed = new BatchPacker(minibatches, maxTokens).pack(randomGroups(9, 5, 7), 1);
    for (Minibatch minibatch : packed) {
      for (MicroBatch micro : minibatch.micros()) {
        if (micro.samples().size() > 1) {
          assertThat(computedTokens(micro)).isLessThanOrEqualTo(maxTokens);
        }
      }
    }
  }

  @Test
  void sequenceOverTheLimitIsAPartOfItsOwn() {
    List<List<Sample>> groups = List.of(Samples.group(10, 500, 3, 2));
    List<MicroBatch> micros = new BatchPacker(1, 100).pack(groups, 0).get(0).micros();
    assertThat(micros).extracting(m -> m.samples().size()).containsExactly(1, 2);
    assertThat(micros.get(0).tokens().completions()[0]).hasSize(500);
  }

  @Test
  void groupThatFitsOnePartStaysTogether() {
    // each group computes 10 + 3 * 10 = 40 tokens: two fill a part of 90, the third gets its own
    List<List<Sample>> groups =
        List.of(
            Samples.group(10, 10, 10, 10),
            Samples.group(10, 10, 10, 10),
            Samples.group(10, 10, 10, 10));
    List<MicroBatch> micros = new BatchPacker(1, 90).pack(groups, 0).get(0).micros();
    assertThat(micros).extracting(m -> m.samples().size()).containsExactly(6, 3);
    assertThat(micros).extracting(m -> m.tokens().prompts().length).containsExactly(2, 1);
  }

  @Test
  void promptsCountOnceInAPart() {
    // 50 + 4 * 10 = 90 tokens though the four sequences have 240
    List<List<Sample>> groups = List.of(Samples.group(50, 10, 10, 10, 10));
    List<MicroBatch> micros = new BatchPacker(1, 90).pack(groups, 0).get(0).micros();
    assertThat(micros).hasSize(1);
    assertThat(micros.get(0).tokens().prompts()).hasNumberOfRows(1);
  }

  @Test
  void groupTooLargeForOnePartIsSplitWithItsPromptInEach() {
    List<List<Sample>> groups = List.of(Samples.group(20, 10, 10, 10, 10));
    List<MicroBatch> micros = new BatchPacker(1, 40).pack(groups, 0).get(0).micros();
    assertThat(micros).extracting(m -> m.samples().size()).containsExactly(2, 2);
    assertThat(micros).allSatisfy(m -> assertThat(m.tokens().prompts()[0]).hasSize(20));
  }

  @Test
  void longestSequencesComeFirst() {
    List<List<Sample>> groups = List.of(Samples.group(5, 1, 2), Samples.group(5, 30, 9));
    List<MicroBatch> micros = new BatchPacker(1, 1).pack(groups, 0).get(0).micros();
    assertThat(micros).extracting(MicroBatch::tokenCount).containsExactly(30, 9, 2, 1);
  }

  @ParameterizedTest
  @CsvSource({"1, 9, 9", "2, 9, 4;5", "3, 9, 3;3;3", "4, 3, 1;1;1"})
  void minibatchesPartitionTheGroupsEvenly(int minibatches, int groupCount, String sizes) {
    List<Minibatch> packed =
        new BatchPacker(minibatches, 1000).pack(randomGroups(groupCount, 2, 3), 5);
    List<Integer> groupsEach = new ArrayList<>();
    Set<int[]> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Minibatch minibatch : packed) {
      Set<int[]> prompts = Collections.newSetFromMap(new IdentityHashMap<>());
      samples(List.of(minibatch)).forEach(s -> prompts.add(s.prompt()));
      groupsEach.add(prompts.size());
      assertThat(prompts).noneMatch(seen::contains);
      seen.addAll(prompts);
    }
    assertThat(String.join(";", groupsEach.stream().map(String::valueOf).toList()))
        .isEqualTo(sizes);
    assertThat(seen).hasSize(groupCount);
  }

  @Test
  void sameSeedGivesTheSameSplitAndOthersOthers() {
    List<List<Sample>> groups = randomGroups(8, 2, 3);
    BatchPacker packer = new BatchPacker(4, 1000);
    assertThat(samples(packer.pack(groups, 5))).isEqualTo(samples(packer.pack(groups, 5)));
    Set<List<Sample>> splits = new HashSet<>();
    for (long seed = 0; seed < 5; seed++) {
      splits.add(samples(packer.pack(groups, seed)));
    }
    assertThat(splits).hasSizeGreaterThan(1);
  }

  private static List<List<Sample>> randomGroups(int count, int size, long seed) {
    Random random = new Random(seed);
    List<List<Sample>> groups = new ArrayList<>();
    for (int g = 0; g < count; g++) {
      int[] lengths = random.ints(size, 1, 20).toArray();
      groups.add(Samples.group(1 + random.nextInt(10), lengths));
    }
    return groups;
  }

  private static List<Sample> samples(List<Minibatch> packed) {
    return packed.stream()
        .flatMap(m -> m.micros().stream())
        .flatMap(m -> m.samples().stream())
        .toList();
  }

  /** Prompts once each, and all completions. */
  private static int computedTokens(MicroBatch micro) {
    int tokens = micro.tokenCount();
    for (int[] prompt : micro.tokens().prompts()) {
      tokens += prompt.length;
    }
    return tokens;
  }
}
