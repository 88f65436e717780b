/** A model as judge, over HTTP. */
@NullMarked
package org.r1zero.verify.judge;

import org.jspecify.annotations.NullMarked;
