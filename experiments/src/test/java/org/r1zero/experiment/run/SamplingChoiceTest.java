package org.r1zero.experiment.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.run.SamplingChoice.Room;
import org.r1zero.rollout.generation.SamplingConfig;

/** What a GPU's free memory gives to keys and values; the numbers of a card are made up. */
class SamplingChoiceTest {
  private static final long GB = 1_000_000_000;
  private static final SamplingConfig OPEN = SamplingConfig.defaults();

  @Test
  void trainingIsLeftHalfOfWhatItDoesNotTake() {
    // Qwen2.5-1.5B on a card of 80 GB, fp32 masters loaded: gradients, moments, the samplers' copy
    assertThat(new Room(73 * GB, 23 * GB, 1, true).perWorker()).isEqualTo(25 * GB);
    assertThat(new Room(73 * GB, 23 * GB, 5, true).perWorker()).isEqualTo(5 * GB);
    assertThat(new Room(20 * GB, 23 * GB, 1, true).perWorker()).isZero();
  }

  @Test
  void aCardThatOnlySamplesGivesFourFifths() {
    assertThat(new Room(80 * GB, 10 * GB, 2, false).perWorker()).isEqualTo(28 * GB);
  }

  @Test
  void theSmallestShareCountsAndNoMoreThanTheRowsCanFill() {
    List<Room> rooms = List.of(new Room(80 * GB, 10 * GB, 2, false), new Room(9 * GB, 0, 1, true));
    SamplingConfig scarce = SamplingChoice.choose(OPEN, rooms, GB);
    assertThat(scarce.maxBatch()).isEqualTo(256);
    assertThat(scarce.kvCacheMb()).isEqualTo((int) ((9 * GB / 2) >> 20));
    SamplingConfig plenty = SamplingChoice.choose(OPEN, rooms, 4 << 20);
    assertThat(plenty.kvCacheMb()).isEqualTo(256 * 4);
  }

  @Test
  void whatTheRecipeSaysStays() {
    SamplingConfig said = new SamplingConfig(1, 0, 1, 0, 128, List.of(), 7, 99);
    assertThat(SamplingChoice.choose(said, List.of(new Room(80 * GB, 0, 1, false)), GB))
        .isEqualTo(said);
    SamplingConfig half = new SamplingConfig(1, 0, 1, 0, 128, List.of(), 7, 0);
    SamplingConfig chosen =
        SamplingChoice.choose(half, List.of(new Room(80 * GB, 0, 1, false)), GB);
    assertThat(chosen.maxBatch()).isEqualTo(7);
    assertThat(chosen.kvCacheMb()).isEqualTo((int) ((7 * GB) >> 20));
  }

  @Test
  void aCardThatTellsNothingGetsWhatACpuGets() {
    SamplingConfig chosen = SamplingChoice.choose(OPEN, List.of(new Room(0, 5 * GB, 1, true)), GB);
    assertThat(chosen.kvCacheMb()).isEqualTo(4096);
    assertThat(chosen.maxBatch()).isEqualTo(256);
  }

  @Test
  void aFullCardStillGetsALittle() {
    SamplingConfig chosen =
        SamplingChoice.choose(OPEN, List.of(new Room(1, 5 * GB, 1, true)), 4 << 20);
    assertThat(chosen.kvCacheMb()).isEqualTo(256);
  }

  @Test
  void aCardWithoutRoomForOneSequenceIsRefused() {
    assertThatThrownBy(() -> SamplingChoice.choose(OPEN, List.of(new Room(1, 5 * GB, 1, true)), GB))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("256 MB of its memory, one sequence takes 954 MB")
        .hasMessageContaining("sampling.max_new_tokens");
  }
}
