/** Cold-start data: files of examples, filters, duplicates, overlaps, balance, the data card. */
@NullMarked
package org.r1zero.coldstart.curate;

import org.jspecify.annotations.NullMarked;
