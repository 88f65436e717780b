/**
 * The part of the Jinja language that chat templates are written in, with the meaning that
 * transformers gives it: Jinja 3.1, {@code trim_blocks} and {@code lstrip_blocks} on, no escaping.
 *
 * <p>A template can reach nothing but the values that it is given: there is no reflection here.
 * Values are {@link java.lang.String}, {@link java.lang.Long}, {@link java.lang.Double}, {@link
 * java.lang.Boolean}, {@link java.util.List}, {@link java.util.Map}, {@link
 * org.r1zero.grpo.model.tokenizer.jinja.None} and this package's own.
 */
@NullMarked
package org.r1zero.grpo.model.tokenizer.jinja;

import org.jspecify.annotations.NullMarked;
