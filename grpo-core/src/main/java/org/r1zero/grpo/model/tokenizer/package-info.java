/** Text to token ids and back, and the chat template that wraps messages into a prompt. */
@NullMarked
package org.r1zero.grpo.model.tokenizer;

import org.jspecify.annotations.NullMarked;
