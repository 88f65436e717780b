/** Supervised training on prompts and completions. */
@NullMarked
package org.r1zero.coldstart.sft;

import org.jspecify.annotations.NullMarked;
