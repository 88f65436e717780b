package org.r1zero.experiment.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.r1zero.experiment.config.Recipe;

/**
 * One way of training, its recipe read.
 *
 * @param name in tables and charts
 * @param file its recipe
 * @param tree the recipe, what is shared laid over it
 * @param base the model that its result descends from, as the recipe names it
 * @param evaluation the same problems and judges as every other arm's, and its own prompt
 */
record Arm(String name, String file, ObjectNode tree, String base, Recipe evaluation) {}
