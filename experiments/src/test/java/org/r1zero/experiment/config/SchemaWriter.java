package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.compare.CompareConfig;
import org.r1zero.verify.OptionValues;

/**
 * Makes the JSON Schema of recipes of their records: what a key does is what its record's Javadoc
 * says, its default what the record's {@code defaults()} says, its range what the record's
 * constructor says about values that it refuses, and its names elsewhere what {@link ForeignKeys}
 * says. So there is nothing to keep besides the records and that table.
 */
final class SchemaWriter {
  private static final Pattern BOUND = Pattern.compile("(>=|>|<=|<) (-?[0-9.]+)");
  private static final Pattern INTERVAL =
      Pattern.compile("in ([\\[(])(-?[0-9.]+), (-?[0-9.]+)([\\])]).*");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Javadocs docs = new Javadocs(Path.of(".."));

  /** The whole schema. */
  ObjectNode write() {
    ObjectNode root = NODES.objectNode();
    root.put("$schema", "http://json-schema.org/draft-07/schema#");
    root.put("title", "r1zero recipe");
    root.put(
        "description", "Made of the program's records by RecipeSchemaTest; do not change by hand.");
    object(root, Recipe.class, "");
    ObjectNode properties = root.withObject("/properties");
    properties
        .putObject("extends")
        .put("type", "string")
        .put(
            "description",
            "another recipe's file, relative to this one, that this one is laid over")
        .put("default", "");
    addMissing(properties, CompareConfig.class);
    return root;
  }

  private void addMissing(ObjectNode properties, Class<? extends Record> type) {
    ObjectNode more = NODES.objectNode();
    object(more, type, "");
    for (var property : more.path("properties").properties()) {
      if (property.getKey().equals("arms")) {
        ((ObjectNode) property.getValue()).remove("default"); // that stands for none at all
      }
      if (!properties.has(property.getKey())) {
        properties.set(property.getKey(), property.getValue());
      }
    }
  }

  private void object(ObjectNode schema, Class<?> type, String path) {
    object(schema, type, path, RecordBinder.defaults(type));
  }

  private void object(ObjectNode schema, Class<?> type, String path, @Nullable Object defaults) {
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    for (RecordComponent component : type.getRecordComponents()) {
      String key = RecordBinder.snake(component.getName());
      String full = RecordBinder.join(path, key);
      ObjectNode property = properties.putObject(key);
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      property.put("description", docs.of(type, component.getName()));
      Object inner = defaults == null ? null : RecordBinder.call(component, defaults);
      if (component.getType().isRecord() && inner != null) {
        object(property, component.getType(), full, inner);
      } else {
        value(property, component.getGenericType(), nullable, full);
      }
      if (property.path("properties").isMissingNode()) {
        if (defaults != null) {
          property.set("default", RecordWriter.write((Record) defaults).get(key));
        } else if (nullable) {
          property.putNull("default");
        }
      }
      ranges(property, type, defaults, key);
      names(property, full);
    }
    schema.put("additionalProperties", false);
    if (properties.properties().stream().anyMatch(p -> p.getValue().has("items"))) {
      schema.putObject("patternProperties").putObject("^[a-z_]+\\+$").put("type", "array");
    }
    if (type == StageConfig.class) {
      stageOptions(schema, path);
    }
  }

  /** A stage's options are those of its kind. */
  private void stageOptions(ObjectNode schema, String path) {
    ArrayNode kinds = schema.putArray("allOf");
    for (Class<? extends Record> options : optionRecords()) {
      List<StageKind> same =
          Arrays.stream(StageKind.values()).filter(kind -> kind.options() == options).toList();
      ObjectNode rule = kinds.addObject();
      ArrayNode names = rule.withObject("/if/properties/kind").putArray("enum");
      same.forEach(kind -> names.add(OptionValues.name(kind)));
      rule.withObject("/if").putArray("required").add("kind");
      ObjectNode node = rule.withObject("/then/properties/options");
      node.put("description", docs.of(StageKind.class, same.get(0).name()));
      if (options == Recipe.class) {
        node.put("type", "object").put("$ref", "#");
      } else {
        String name = OptionValues.name(same.get(0));
        object(node, options, path.replace("[]", "[" + name + "]") + ".options");
      }
    }
  }

  private static Set<Class<? extends Record>> optionRecords() {
    Set<Class<? extends Record>> records = new LinkedHashSet<>();
    for (StageKind kind : StageKind.values()) {
      records.add(kind.options());
    }
    return records;
  }

  private void value(ObjectNode schema, Type type, boolean nullable, String path) {
    if (type instanceof ParameterizedType list) {
      Class<?> element = (Class<?>) list.getActualTypeArguments()[0];
      if (element.isRecord()) {
        // a mapping over a list is laid over its elements of those names
        schema.putArray("type").add("array").add("object");
        object(schema.putObject("items"), element, path + "[]");
        schema.putObject("additionalProperties").put("type", "object");
      } else {
        schema.put("type", "array");
        value(schema.putObject("items"), element, false, path + "[]");
      }
      return;
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isRecord()) {
      object(schema, raw, path);
    } else if (raw.isEnum()) {
      ArrayNode values = schema.putArray("enum");
      ArrayNode said = NODES.arrayNode();
      for (Object constant : raw.getEnumConstants()) {
        values.add(OptionValues.name((Enum<?>) constant));
        said.add(docs.of(raw, ((Enum<?>) constant).name()));
      }
      schema.set("enumDescriptions", said);
    } else {
      List<String> names = new ArrayList<>(typeNames(raw));
      if (nullable) {
        names.add("null");
      }
      if (names.size() == 1) {
        schema.put("type", names.get(0));
      } else {
        names.forEach(schema.putArray("type")::add);
      }
    }
  }

  private static List<String> typeNames(Class<?> raw) {
    if (raw == int.class || raw == long.class) {
      return List.of("integer");
    } else if (raw == double.class || raw == Double.class) {
      return List.of("number");
    } else if (raw == boolean.class) {
      return List.of("boolean");
    }
    // what is meant as a text may look like a number, such as a seed
    return raw == ObjectNode.class ? List.of("object") : List.of("string", "number", "boolean");
  }

  /** What the record's constructor says about values of the key that it refuses. */
  private void ranges(ObjectNode property, Class<?> type, @Nullable Object defaults, String key) {
    Set<String> said = new LinkedHashSet<>();
    Set<String> refused = new LinkedHashSet<>();
    for (JsonNode probe : probes(property)) {
      ObjectNode tree =
          defaults != null
              ? RecordWriter.write((Record) defaults)
              : NODES.objectNode().put("name", "x").put("kind", "rl");
      if (tree.has("enable")) {
        tree.put("enable", true); // what is off is not checked
      }
      tree.set(key, probe);
      List<String> faults = new ArrayList<>();
      new RecordBinder(type, faults).bind(tree, castToRecord(type), "");
      for (String fault : faults) {
        if (fault.startsWith(key + " must ") && property.has("enum")) {
          refused.add(probe.asText());
        } else if (fault.startsWith(key + " must ")) {
          said.add(
              fault
                  .substring(key.length() + " must ".length())
                  .replaceFirst("^be ", "")
                  .replaceFirst(", (was|were|had|such as)\\b.*", "")
                  .replaceFirst("(?<!\\bin) \\([^()]*\\)$", ""));
        }
      }
    }
    for (int i = property.path("enum").size() - 1; i >= 0; i--) {
      if (refused.contains(property.path("enum").get(i).asText())) {
        property.withArray("/enum").remove(i);
        property.withArray("/enumDescriptions").remove(i);
      }
    }
    if (!said.isEmpty()) {
      property.put("x-range", String.join(", ", said));
    }
    said.forEach(range -> bounds(property, range));
  }

  @SuppressWarnings("unchecked")
  private static Class<? extends Record> castToRecord(Class<?> type) {
    return (Class<? extends Record>) type;
  }

  private static List<JsonNode> probes(ObjectNode property) {
    JsonNode type = property.path("type");
    String name = type.isArray() ? type.get(0).asText() : type.asText();
    List<JsonNode> probes = new ArrayList<>();
    switch (name) {
      case "integer" -> {
        for (int probe : new int[] {-2, -1, 0, 1, 2, 10_000_000}) {
          probes.add(NODES.numberNode(probe));
        }
      }
      case "number" -> {
        for (double probe : new double[] {-1, -1e-9, 0, 1e-9, 0.5, 1, 1 + 1e-9, 2, 1e7}) {
          probes.add(NODES.numberNode(probe));
        }
        probes.add(NODES.textNode("1e500")); // infinite
      }
      case "string" -> {
        probes.add(NODES.textNode(""));
        probes.add(NODES.textNode("?? / not a name"));
      }
      case "array" -> probes.add(NODES.arrayNode());
      default -> property.path("enum").forEach(probes::add);
    }
    return probes;
  }

  private static void bounds(ObjectNode property, String range) {
    Matcher bound = BOUND.matcher(range);
    Matcher interval = INTERVAL.matcher(range);
    if (bound.matches()) {
      String key =
          switch (bound.group(1)) {
            case ">=" -> "minimum";
            case ">" -> "exclusiveMinimum";
            case "<=" -> "maximum";
            default -> "exclusiveMaximum";
          };
      property.put(key, Double.parseDouble(bound.group(2)));
    } else if (interval.matches() && range.indexOf(" or ") < 0) {
      property.put(
          interval.group(1).equals("[") ? "minimum" : "exclusiveMinimum",
          Double.parseDouble(interval.group(2)));
      property.put(
          interval.group(4).equals("]") ? "maximum" : "exclusiveMaximum",
          Double.parseDouble(interval.group(3)));
    }
  }

  private static void names(ObjectNode property, String path) {
    for (ForeignKeys.Entry entry : ForeignKeys.all()) {
      if (entry.here().equals(path)) {
        property.withArray("/x-" + entry.tool().toLowerCase(Locale.ROOT)).add(entry.name());
      }
    }
  }
}
