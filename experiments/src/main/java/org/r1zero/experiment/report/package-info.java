/** Reports to read: one HTML page without network, and Markdown beside it. */
@NullMarked
package org.r1zero.experiment.report;

import org.jspecify.annotations.NullMarked;
