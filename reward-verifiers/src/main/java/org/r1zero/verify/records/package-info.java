/** Files of records as every reader of data takes them: JSON lines, plain or gzipped. */
@NullMarked
package org.r1zero.verify.records;

import org.jspecify.annotations.NullMarked;
