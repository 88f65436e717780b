/** From a recipe's YAML to records, with every fault named at once. */
@NullMarked
package org.r1zero.experiment.config;

import org.jspecify.annotations.NullMarked;
