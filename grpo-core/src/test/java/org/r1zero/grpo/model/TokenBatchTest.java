package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TokenBatchTest {
  private static final int[][] ONE = {{1}};
  private static final int[][] EMPTY = {{}};

  @Test
  void countsTokensAndComputedRows() {
    TokenBatch batch =
        new TokenBatch(
            new int[][] {{1, 2, 3}, {4}},
            new int[][] {{5, 6}, {7}, {8, 9, 10}},
            new int[] {0, 0, 1});
    assertThat(batch.tokenCount()).isEqualTo(6);
    // 4 prompt tokens, and each completion without its last token
    assertThat(batch.rowCount()).isEqualTo(4 + 1 + 0 + 2);
  }

  @Test
  void pairsOwnTheirPrompts() {
    TokenBatch batch = TokenBatch.pairs(new int[][] {{1}, {2}}, new int[][] {{3}, {4}});
    assertThat(batch.owner()).containsExactly(0, 1);
  }

  @Test
  void faultsSayWhatWasFound() {
    assertThatThrownBy(() -> new TokenBatch(ONE, ONE, new int[2]))
        .hasMessage("a batch needs prompts, completions and an owner for each; had 1, 1 and 2");
    assertThatThrownBy(() -> new TokenBatch(new int[0][], ONE, new int[1]))
        .hasMessage("a batch needs prompts, completions and an owner for each; had 0, 1 and 1");
    assertThatThrownBy(() -> new TokenBatch(EMPTY, ONE, new int[1]))
        .hasMessage("a prompt needs at least one token, had none");
    assertThatThrownBy(() -> new TokenBatch(ONE, EMPTY, new int[1]))
        .hasMessage("a completion needs at least one token, had none");
    assertThatThrownBy(() -> new TokenBatch(ONE, ONE, new int[] {1}))
        .hasMessage("owner must be in [0, 1), was 1");
  }
}
