package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetsTest {

  @Test
  void findsTheBuiltInOnes() {
    assertThat(Datasets.load("arithmetic", Options.json("{'train': 2}"), 1, List.of()).train())
        .hasSize(2);
    assertThat(Datasets.load("countdown", Options.json("{'train': 2}"), 1, List.of()).train())
        .hasSize(2);
  }

  @Test
  void anUnknownNameIsAnErrorThatListsTheKnown() {
    assertThatThrownBy(() -> Datasets.load("gsm", Options.json("{}"), 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "task.name must be one of aime, amc, arithmetic, countdown, file, gpqa, gsm8k, guess,"
                + " humaneval, livecodebench, math500, mbpp, mix, puzzles, wordle, was gsm (did you"
                + " mean 'gsm8k'?)");
  }
}
