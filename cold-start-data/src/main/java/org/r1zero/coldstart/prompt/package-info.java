/** From a problem to the text that a model continues. */
@NullMarked
package org.r1zero.coldstart.prompt;

import org.jspecify.annotations.NullMarked;
