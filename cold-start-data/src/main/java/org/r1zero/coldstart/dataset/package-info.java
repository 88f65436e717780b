/** Problems in: published files and problems made from a seed. */
@NullMarked
package org.r1zero.coldstart.dataset;

import org.jspecify.annotations.NullMarked;
