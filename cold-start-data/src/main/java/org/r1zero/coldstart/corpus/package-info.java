/** The synthetic corpus and tokenizer of the embedded base model. */
@NullMarked
package org.r1zero.coldstart.corpus;

import org.jspecify.annotations.NullMarked;
