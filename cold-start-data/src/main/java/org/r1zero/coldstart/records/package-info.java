/** Files of records in every format that data comes in: one reader for all of them. */
@NullMarked
package org.r1zero.coldstart.records;

import org.jspecify.annotations.NullMarked;
