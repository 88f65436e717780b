package org.r1zero.coldstart.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Problem;

class PuzzlesDatasetTest {

  @Test
  void allFamiliesInEqualShares() {
    Dataset all = load("{'train': 130, 'held_out': 26, 'level': 1, 'max_level': 2}", 1);
    assertThat(all.parts()).hasSize(13).allMatch(part -> part.problems().size() == 10);
    assertThat(all.heldOut()).hasSize(26);
    assertThat(all.heldOut().subList(0, 13).stream().map(p -> p.field("family").asText()))
        .as("the first ones are of all families")
        .doesNotHaveDuplicates();
    Set<String> questions = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (List<Problem> part : List.of(all.train(), all.heldOut())) {
      part.forEach(p -> assertThat(questions.add(p.question())).as(p.question()).isTrue());
      part.forEach(p -> assertThat(ids.add(p.id())).as(p.id()).isTrue());
    }
    assertThat(
            all.train().stream()
                .map(p -> p.field("difficulty").asInt())
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void theSeedDecidesAll() {
    String options = "{'train': 20, 'held_out': 5, 'families': ['zebra', 'sudoku'], 'level': 2}";
    assertThat(load(options, 1)).isEqualTo(load(options, 1)).isNotEqualTo(load(options, 2));
    String seeded = options.replace("'level'", "'seed': 7, 'level'");
    assertThat(load(seeded, 1)).isEqualTo(load(seeded, 2)).isEqualTo(load(options, 7));
  }

  /** The lowest level has too few numbers; the others make up for it. */
  @Test
  void aLevelThatIsExhaustedLeavesTheOthers() {
    String options = "{'train': 1200, 'held_out': 1, 'families': 'base', 'level': 1";
    assertThatThrownBy(() -> load(options + "}", 1)).hasMessageContaining("raise max_level");
    Dataset more = load(options + ", 'max_level': 3}", 1);
    assertThat(more.train()).hasSize(1200);
  }

  @Test
  void namesWhatIsWrong() {
    assertThatThrownBy(() -> load("{'families': ['sudku'], 'level': 6, 'trian': 1}", 1))
        .hasMessageContaining("families must be among [chain, base,")
        .hasMessageContaining("was sudku")
        .hasMessageContaining("level and max_level must be 1 <= level <= max_level <= 5")
        .hasMessageContaining("unknown key task.options.trian");
    assertThatThrownBy(() -> load("{'families': []}", 1))
        .hasMessageContaining("families must name a family");
    assertThatThrownBy(() -> load("{'families': ['base', '']}", 1))
        .hasMessageContaining("task.options.families must be a text or a list of texts");
    assertThatThrownBy(() -> load("{'families': 'base', 'train': 1000}", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the family base has only about")
        .hasMessageContaining("ask for fewer, or raise max_level");
  }

  private static Dataset load(String options, long seed) {
    return Datasets.load("puzzles", Options.json(options), seed, List.of());
  }
}
