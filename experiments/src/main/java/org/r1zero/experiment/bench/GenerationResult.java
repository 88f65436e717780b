package org.r1zero.experiment.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A benchmark's figures, as {@code --json} prints them.
 *
 * @param kernels what decoded
 * @param sequences completions
 * @param tokens sampled
 * @param seconds from the first prompt to the last token
 * @param tokensPerSecond their quotient
 * @param promptSeconds of these, until the first tokens of the first batch of each round are there
 * @param peakRssMb the most memory that the process has had resident, MB (2^20 bytes)
 * @param rooflineTokensPerSecond what the matrix products of all decoding steps, and reading the
 *     cache once a step, would allow
 * @param rooflineShare {@code tokensPerSecond} over that
 * @param productsShare the same over what the matrix products alone would allow
 * @param matmulGflops of the products at the largest batch
 * @param memoryGbPerSecond reading an array of 256 MiB
 * @param peakGflops of large products
 * @param limitTokensPerSecond what this processor allows: all weights once per step and the cache
 *     at the rate of its memory, or the operations at the peak of large products
 * @param limitShare {@code tokensPerSecond} over that
 * @param memory after each tenth of the completions, at most one point a round
 */
public record GenerationResult(
    String kernels,
    int sequences,
    long tokens,
    double seconds,
    @JsonProperty("tokens_per_s") double tokensPerSecond,
    double promptSeconds,
    double peakRssMb,
    @JsonProperty("roofline_tokens_per_s") double rooflineTokensPerSecond,
    double rooflineShare,
    double productsShare,
    @JsonProperty("matmul_gflop_per_s") double matmulGflops,
    @JsonProperty("memory_gb_per_s") double memoryGbPerSecond,
    @JsonProperty("peak_gflop_per_s") double peakGflops,
    @JsonProperty("limit_tokens_per_s") double limitTokensPerSecond,
    double limitShare,
    List<MemorySeries.Point> memory) {
  /** Copies the list. */
  public GenerationResult {
    memory = List.copyOf(memory);
  }
}
