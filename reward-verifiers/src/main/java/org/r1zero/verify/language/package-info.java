/** Which language a completion is in: the share of its words that are in the wanted one. */
@NullMarked
package org.r1zero.verify.language;

import org.jspecify.annotations.NullMarked;
