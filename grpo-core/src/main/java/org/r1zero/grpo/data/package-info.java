/** What crosses from rollouts to the trainer: token ids and numbers. */
@NullMarked
package org.r1zero.grpo.data;

import org.jspecify.annotations.NullMarked;
