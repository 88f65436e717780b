package org.r1zero.experiment.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.r1zero.experiment.config.Recipe;
import org.r1zero.experiment.config.RecipeLoader;

/** What decides whether a finished stage is made again. */
class StageKeyTest {
  @Test
  void whatOnlyTakesOtherResourcesIsNoPartOfTheKey() {
    ObjectNode open = key();
    assertThat(key("sampling.max_batch=64", "sampling.kv_cache_mb=4096")).isEqualTo(open);
    assertThat(key("grpo.optimizer.offload=true", "sampling.draft_tokens=4")).isEqualTo(open);
    assertThat(open.at("/sampling/max_batch").intValue()).isEqualTo(64);
    assertThat(open.at("/sampling/draft_tokens").isMissingNode()).isTrue();
    assertThat(open.at("/grpo/optimizer").isObject()).isTrue();
    assertThat(open.at("/grpo/optimizer/offload").isMissingNode()).isTrue();
  }

  @Test
  void whatChangesResultsIs() {
    assertThat(key("sampling.max_batch=8")).isNotEqualTo(key());
    assertThat(key("grpo.optimizer.learning_rate=0.1")).isNotEqualTo(key());
  }

  private static ObjectNode key(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("task={name: arithmetic, options: {train: 12, held_out: 5}}");
    Recipe recipe = RecipeLoader.load(List.of(), all);
    return new RlStage(recipe, Path.of("model"), System.out).configuration();
  }
}
