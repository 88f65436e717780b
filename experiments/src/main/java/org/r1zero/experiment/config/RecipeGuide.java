package org.r1zero.experiment.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.r1zero.grpo.files.Resources;
import org.r1zero.verify.NearestName;

/**
 * What each key of a recipe is for: the JSON Schema {@code recipe.schema.json}, which is made of
 * the records that hold the keys. The list of all keys in docs/recipe.md and {@code r1zero explain}
 * are read from it.
 */
public final class RecipeGuide {
  private static final String FILE = "/org/r1zero/recipe.schema.json";
  private static final Pattern PARTS = Pattern.compile("[.\\[\\]]+");
  private static final int GUESSES = 5;

  private final String text;
  private final List<Key> keys = new ArrayList<>();
  private final Map<String, String> optionsOfKinds = new HashMap<>();

  /** Reads the schema of this build. */
  public RecipeGuide() {
    this(Resources.text(RecipeGuide.class, FILE));
  }

  /** Takes a schema. */
  RecipeGuide(String schema) {
    text = schema;
    try {
      collect(new ObjectMapper().readTree(schema), "");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this is not a schema", e);
    }
  }

  /**
   * One key.
   *
   * @param path such as {@code grpo.steps}, {@code rewards[].weight}, {@code
   *     stages[sft].options.batch_size}
   * @param schema its JSON Schema
   */
  public record Key(String path, JsonNode schema) {

    /** What it does. */
    public String does() {
      return schema.path("description").asText();
    }

    /** Whether it has keys below it. */
    public boolean isSection() {
      return schema.has("properties") || schema.at("/items/properties").isObject();
    }

    /** The kind of value that it takes. */
    public String type() {
      if (schema.has("enum")) {
        return "one of " + texts("enum").stream().collect(Collectors.joining(", "));
      } else if (schema.has("properties")) {
        return "mapping";
      } else if (schema.has("items")) {
        return isSection() ? "list of mappings" : "list of " + name(schema.path("items")) + "s";
      }
      return name(schema) + (texts("type").contains("null") ? " or null" : "");
    }

    private static String name(JsonNode schema) {
      JsonNode type = schema.path("type");
      String first = type.isArray() ? type.get(0).asText() : type.asText();
      return switch (first) {
        case "integer" -> "whole number";
        case "boolean" -> "true or false";
        case "string" -> "text";
        case "object" -> "mapping";
        default -> first;
      };
    }

    /** The values that it takes, as far as its type does not say it; may be empty. */
    public String range() {
      return schema.path("x-range").asText();
    }

    /** Its value where a recipe does not have it, as YAML; empty for a section. */
    public String defaultValue() {
      JsonNode value = schema.path("default");
      if (value.isMissingNode()) {
        return schema.has("properties") || schema.has("$ref") ? "" : "none: it must be given";
      }
      return yaml(value);
    }

    /** In one line; of a mapping only what is not empty. */
    private static String yaml(JsonNode value) {
      if (value.isArray()) {
        return StreamSupport.stream(value.spliterator(), false)
            .map(Key::yaml)
            .collect(Collectors.joining(", ", "[", "]"));
      } else if (value.isObject()) {
        return value.properties().stream()
            .filter(field -> !List.of("\"\"", "{}", "false").contains(field.getValue().toString()))
            .map(field -> field.getKey() + ": " + yaml(field.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
      } else if (value.isDouble()) {
        return value.toString().replaceFirst("\\.0(?=$|E)", "").replace('E', 'e');
      }
      return value.asText().isEmpty() ? "''" : value.asText();
    }

    /** What the values of an enum mean, by value. */
    public Map<String, String> values() {
      List<String> names = texts("enum");
      List<String> said = texts("enumDescriptions");
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        values.put(names.get(i), said.get(i));
      }
      return values;
    }

    /**
     * What another trainer calls it.
     *
     * @param tool TRL or verl
     */
    public List<String> names(String tool) {
      return texts("x-" + tool.toLowerCase(Locale.ROOT));
    }

    private List<String> texts(String field) {
      return StreamSupport.stream(schema.path(field).spliterator(), false)
          .map(JsonNode::asText)
          .toList();
    }

    private List<String> words() {
      return RecipeGuide.words(path);
    }

    private String leaf() {
      return path.substring(path.lastIndexOf('.') + 1);
    }
  }

  /**
   * An answer.
   *
   * @param advice what another trainer's name is here, one line each
   * @param keys that the question means
   * @param others keys of the same name in other sections
   */
  public record Answer(List<String> advice, List<Key> keys, List<Key> others) {}

  /** The schema itself. */
  public String schema() {
    return text;
  }

  /** Every key, in the records' order. */
  public List<Key> keys() {
    return keys;
  }

  /** The keys right below one, or the outermost for an empty path. */
  public List<Key> below(String path) {
    return keys.stream().filter(key -> parent(key.path()).equals(path)).toList();
  }

  /** The section that a key is in; empty for the outermost. */
  static String parent(String path) {
    int dot = path.lastIndexOf('.');
    String section = dot < 0 ? "" : path.substring(0, dot);
    return section.replaceFirst("\\[[a-z_]*]$", "");
  }

  /**
   * What a name means: a key's path or its end, a kind of stage, TRL's name or verl's.
   *
   * @throws ConfigException if there is no such key, with the nearest ones
   */
  public Answer answer(String name) {
    String path = optionsOfKinds.getOrDefault(name, name);
    List<Key> exact = keys.stream().filter(key -> key.path().equals(path)).toList();
    if (!exact.isEmpty()) {
      return new Answer(List.of(), exact, List.of());
    }
    List<ForeignKeys.Entry> foreign = ForeignKeys.named(name);
    List<Key> named =
        keys.stream()
            .filter(key -> foreign.stream().anyMatch(e -> e.here().equals(key.path())))
            .toList();
    List<String> asked = words(name);
    List<Key> meant = meant(asked);
    if (meant.isEmpty() && asked.size() > 2) { // an element's own name: stages.warm.options.data
      List<String> unnamed = new ArrayList<>(asked);
      unnamed.remove(1);
      meant = meant(unnamed);
    }
    if (named.isEmpty() && meant.isEmpty() && foreign.isEmpty()) {
      throw new ConfigException("explain", List.of(unknown(name)));
    }
    List<String> advice = foreign.stream().map(ForeignKeys.Entry::advice).toList();
    return named.isEmpty()
        ? new Answer(advice, meant, List.of())
        : new Answer(advice, named, meant.stream().filter(key -> !named.contains(key)).toList());
  }

  private List<Key> meant(List<String> asked) {
    return keys.stream().filter(key -> isMeant(asked, key.words())).toList();
  }

  /** The parts of a key's path: {@code stages}, {@code sft}, {@code options}. */
  private static List<String> words(String path) {
    return PARTS.splitAsStream(path.replace("[]", "")).toList();
  }

  /** Whether a key ends as was asked, and has what was asked before that in this order. */
  private static boolean isMeant(List<String> asked, List<String> words) {
    int at = asked.size() - 1;
    for (int i = words.size() - 1; i >= 0 && at >= 0; i--) {
      if (words.get(i).equals(asked.get(at))) {
        at--;
      } else if (i == words.size() - 1) {
        return false;
      }
    }
    return at < 0;
  }

  private String unknown(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    Set<String> guesses = new LinkedHashSet<>();
    if (name.isBlank()) {
      return "there is no key without a name; r1zero explain lists the sections";
    }
    NearestName.of(name, keys.stream().map(Key::path).toList()).ifPresent(guesses::add);
    List<String> leaves = new ArrayList<>(keys.stream().map(Key::leaf).distinct().toList());
    while (guesses.size() < GUESSES) {
      String near = NearestName.of(last, leaves).orElse("");
      if (near.isEmpty()) {
        break;
      }
      leaves.remove(near);
      keys.stream()
          .filter(key -> key.leaf().equals(near))
          .limit(GUESSES - guesses.size())
          .forEach(key -> guesses.add(key.path()));
    }
    keys.stream()
        .filter(key -> last.length() > 2 && key.leaf().contains(last))
        .limit(Math.max(0, GUESSES - guesses.size()))
        .forEach(key -> guesses.add(key.path()));
    NearestName.of(last, ForeignKeys.all().stream().map(ForeignKeys.Entry::lastPart).toList())
        .flatMap(
            near -> ForeignKeys.all().stream().filter(e -> e.lastPart().equals(near)).findFirst())
        .filter(entry -> !entry.here().isEmpty() && !guesses.contains(entry.here()))
        .ifPresent(
            entry -> guesses.add(entry.tool() + "'s " + entry.name() + " (" + entry.here() + ")"));
    return String.format(
        "there is no key %s%s",
        name,
        guesses.isEmpty()
            ? "; r1zero explain lists the sections"
            : "; the nearest: " + String.join(", ", guesses));
  }

  private void collect(JsonNode section, String path) {
    for (Map.Entry<String, JsonNode> property : section.path("properties").properties()) {
      String key = RecordBinder.join(path, property.getKey());
      JsonNode schema = property.getValue();
      keys.add(new Key(key, schema));
      collect(schema, key);
      collect(schema.path("items"), key + "[]");
    }
    for (JsonNode kind : section.path("allOf")) {
      String name = kind.at("/if/properties/kind/enum/0").asText();
      JsonNode options = kind.at("/then/properties/options");
      String key = path.replace("[]", "[" + name + "]") + ".options";
      keys.add(new Key(key, options));
      collect(options, key);
      for (JsonNode same : kind.at("/if/properties/kind/enum")) {
        optionsOfKinds.put(same.asText(), key);
      }
    }
  }
}
