package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Another trainer's configuration on its way to a recipe: values are taken out one after the other;
 * what nobody takes goes by {@link ForeignKeys}, or is listed as left out.
 */
abstract class ForeignConfig {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String tool;
  private final Map<String, JsonNode> given;
  private final ObjectNode recipe = NODES.objectNode();
  private final Map<String, String> origins = new LinkedHashMap<>();
  private final Set<String> leftOut = new LinkedHashSet<>();
  private final List<String> toCheck = new ArrayList<>();

  /**
   * Takes the values.
   *
   * @param tool TRL or verl
   * @param given by name; those that are null are what the tool takes for not given
   */
  ForeignConfig(String tool, Map<String, JsonNode> given) {
    this.tool = tool;
    this.given = new LinkedHashMap<>(given);
    this.given.values().removeIf(JsonNode::isNull);
  }

  /** Puts what can't be copied as it is. */
  abstract void convert();

  /** The recipe, and what did not become part of it. */
  final ImportedRecipe toRecipe() {
    convert();
    for (Map.Entry<String, JsonNode> value : given.entrySet()) {
      copy(value.getKey(), value.getValue());
    }
    dropWhatIsRefused();
    return new ImportedRecipe(tool, recipe, List.copyOf(leftOut), List.copyOf(toCheck));
  }

  private void copy(String name, JsonNode value) {
    Optional<ForeignKeys.Entry> entry = ForeignKeys.covering(tool, name);
    if (entry.isEmpty()) {
      leave(name, "is not known to r1zero");
    } else if (entry.get().name().equals(name) && !entry.get().left().isEmpty()) {
      leave(name, entry.get().left());
    } else if (entry.get().here().isEmpty() || !entry.get().name().equals(name)) {
      ForeignKeys.Entry known = entry.get();
      leave(known.name(), known.note().isEmpty() ? "has no counterpart" : known.note());
    } else {
      put(entry.get().here(), value, name);
    }
  }

  /** A refused value is none that a recipe could have: it is listed, and the default stays. */
  private void dropWhatIsRefused() {
    for (int tries = origins.size(); tries >= 0; tries--) {
      List<String> faults = new ArrayList<>();
      new RecordBinder(Recipe.class, faults).bind(recipe, Recipe.class, "");
      if (faults.isEmpty()) {
        return;
      }
      String fault = faults.get(0);
      Map.Entry<String, String> cause =
          origins.entrySet().stream()
              .filter(origin -> fault.startsWith(origin.getKey()))
              .reduce((a, b) -> a.getKey().length() >= b.getKey().length() ? a : b)
              .or(() -> origins.entrySet().stream().reduce((a, b) -> b))
              .orElseThrow(() -> new IllegalStateException(fault));
      leave(cause.getValue(), fault);
      origins.remove(cause.getKey());
      remove(cause.getKey());
    }
  }

  private void remove(String path) {
    int dot = path.lastIndexOf('.');
    JsonNode section = dot < 0 ? recipe : recipe.at("/" + path.substring(0, dot).replace('.', '/'));
    ((ObjectNode) section).remove(path.substring(dot + 1));
  }

  /** A value, which is then nobody else's; {@code null} where it was not given. */
  final @Nullable JsonNode take(String name) {
    return given.remove(name);
  }

  /** Whether a value is given and not taken yet. */
  final boolean has(String name) {
    return given.containsKey(name);
  }

  /** A text, in lower case; empty where it was not given. */
  final String word(String name) {
    JsonNode value = take(name);
    return value == null ? "" : value.asText().toLowerCase(Locale.ROOT);
  }

  /** A number; what it is otherwise where none was given. */
  final double number(String name, double otherwise) {
    JsonNode value = take(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return value.isNumber() ? value.asDouble() : Double.parseDouble(value.asText());
    } catch (NumberFormatException e) {
      leave(name, "must be a number, was " + value);
      return otherwise;
    }
  }

  /** A switch. */
  final boolean flag(String name, boolean otherwise) {
    String word = word(name);
    return word.isEmpty() ? otherwise : List.of("true", "yes", "on").contains(word);
  }

  /**
   * Sets a key.
   *
   * @param path such as {@code grpo.steps}
   * @param name of what it comes from
   */
  final void put(String path, JsonNode value, String name) {
    String[] keys = path.split("\\.", -1);
    ObjectNode section = recipe;
    for (int i = 0; i < keys.length - 1; i++) {
      section = section.withObject("/" + keys[i]);
    }
    section.set(keys[keys.length - 1], value);
    origins.put(path, name);
  }

  final void put(String path, String value, String name) {
    put(path, NODES.textNode(value), name);
  }

  final void put(String path, boolean value, String name) {
    put(path, NODES.booleanNode(value), name);
  }

  final void put(String path, double value, String name) {
    put(
        path,
        value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE
            ? NODES.numberNode((int) value)
            : NODES.numberNode(value),
        name);
  }

  /** Puts a number where it is given and above 0; says whether it is. */
  final boolean putPositive(String path, String name) {
    double value = number(name, 0);
    if (value > 0) {
      put(path, value, name);
    }
    return value > 0;
  }

  /** Puts which layers have adapters: a list of names, or one name. */
  final void targetModules(@Nullable JsonNode modules, String name) {
    if (modules != null) {
      put(
          "lora.target_modules",
          modules.isArray() ? modules : NODES.arrayNode().add(modules),
          name);
    }
  }

  /** Says why a value is not part of the recipe. */
  final void leave(String name, String why) {
    leftOut.add(name + ": " + why);
  }

  /** Leaves out a value that was given. */
  final void leaveGiven(String name, String why) {
    if (take(name) != null) {
      leave(name, why);
    }
  }

  /** Says what whoever imports has to look at. */
  final void check(String remark) {
    toCheck.add(remark);
  }

  /** The model, and its chat template where its folder is here and has one. */
  final void model(String name) {
    JsonNode given = take(name);
    if (given == null) {
      check("model is the embedded one: set model to the folder of yours");
      return;
    }
    Path folder = Path.of(given.asText().replaceFirst("^~", System.getProperty("user.home")));
    put("model", folder.toString(), name);
    if (!Files.isDirectory(folder) && !given.asText().equals("embedded")) {
      check("model " + given.asText() + " is not a folder here: download it, and set model to it");
    }
    if (hasChatTemplate(folder)) {
      put("prompt.template", "chat", name);
    } else {
      check("prompt.template is plain: set it to chat where " + tool + " used the chat template");
    }
  }

  private static boolean hasChatTemplate(Path folder) {
    Path config = folder.resolve("tokenizer_config.json");
    try {
      return Files.exists(folder.resolve("chat_template.jinja"))
          || (Files.isRegularFile(config)
              && Files.readString(config).contains("\"chat_template\""));
    } catch (IOException e) {
      return false;
    }
  }

  /** How the updates of a run are counted: {@code grpo.num_minibatches} and what follows. */
  final void minibatches(double count, double problems, String name) {
    if (count == Math.rint(count) && count >= 1 && count <= problems) {
      put("grpo.num_minibatches", count, name);
    } else {
      leave(
          name,
          String.format(
              Locale.ROOT,
              "%.4g updates per pass over %.0f problems are not a whole number of parts; one is"
                  + " made",
              count,
              problems));
    }
  }
}
