package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.r1zero.grpo.optim.LearningRateSchedule;

/**
 * What a run that goes on would do otherwise than the run that began.
 *
 * @param harmless changes that touch no weight: where output goes, what is kept, what is watched;
 *     more steps where the rate does not depend on their number; where the model is, whose files
 *     are compared by their hashes
 * @param others every other change
 */
public record RecipeChanges(List<String> harmless, List<String> others) {
  private static final Pattern HARMLESS =
      Pattern.compile("output|model|checkpoint\\..*|health\\..*|scoring\\.threads");
  private static final Set<LearningRateSchedule> ANY_LENGTH =
      Set.of(LearningRateSchedule.CONSTANT, LearningRateSchedule.CONSTANT_WITH_WARMUP);
  private static final String STEPS = "grpo.steps";

  /** Fixes the lists. */
  public RecipeChanges {
    harmless = List.copyOf(harmless);
    others = List.copyOf(others);
  }

  /** Compares key by key. */
  public static RecipeChanges between(Recipe before, Recipe after) {
    SortedMap<String, String> old = leaves(before);
    SortedMap<String, String> now = leaves(after);
    TreeSet<String> keys = new TreeSet<>(old.keySet());
    keys.addAll(now.keySet());
    List<String> harmless = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String key : keys) {
      String from = old.getOrDefault(key, "(not set)");
      String to = now.getOrDefault(key, "(not set)");
      if (!from.equals(to)) {
        boolean more = key.equals(STEPS) && moreSteps(before, after);
        List<String> kind = more || HARMLESS.matcher(key).matches() ? harmless : others;
        kind.add(key + ": was " + from + ", is " + to);
      }
    }
    return new RecipeChanges(harmless, others);
  }

  private static boolean moreSteps(Recipe before, Recipe after) {
    return after.grpo().steps() > before.grpo().steps()
        && ANY_LENGTH.contains(after.grpo().optimizer().lrSchedulerType());
  }

  /** All changes. */
  public List<String> all() {
    List<String> all = new ArrayList<>(harmless);
    all.addAll(others);
    return all;
  }

  private static SortedMap<String, String> leaves(Recipe recipe) {
    SortedMap<String, String> leaves = new TreeMap<>();
    collect("", RecordWriter.write(recipe), leaves);
    return leaves;
  }

  private static void collect(String path, JsonNode node, Map<String, String> leaves) {
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        collect(key, field.getValue(), leaves);
      }
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      for (int i = 0; i < array.size(); i++) {
        collect(path + "[" + i + "]", array.get(i), leaves);
      }
    } else {
      leaves.put(path, node.isTextual() ? node.asText() : node.toString());
    }
  }
}
