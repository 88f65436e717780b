/**
 * The policy network: a decoder of the Llama, Qwen2 and Qwen3 families.
 *
 * <p>Shapes are written with {@code B} sequences, {@code T} tokens, {@code V} vocabulary, {@code D}
 * hidden size, {@code H} query heads, {@code K} key/value heads, {@code E} size of a head.
 */
@NullMarked
package org.r1zero.grpo.model;

import org.jspecify.annotations.NullMarked;
