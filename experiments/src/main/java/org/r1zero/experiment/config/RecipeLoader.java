package org.r1zero.experiment.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.r1zero.grpo.files.Resources;

/**
 * Reads recipes: defaults, then files from left to right, each over the one that it extends, then
 * {@code --set key=value}.
 */
public final class RecipeLoader {
  private static final ObjectMapper WRITER =
      new ObjectMapper(
          new YAMLFactory()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS));

  private RecipeLoader() {}

  /**
   * Loads a recipe.
   *
   * @param files later ones win
   * @param settings such as {@code grpo.steps=20}; they win over files
   * @throws ConfigException with every fault, if there is any
   */
  public static Recipe load(List<Path> files, List<String> settings) {
    return load(Recipe.class, files, settings);
  }

  /**
   * Loads another kind of file, such as a list of arms.
   *
   * @param type a record whose components' names, in snake case, are the keys
   * @param files later ones win
   * @param settings as in {@link #load(List, List)}
   * @throws ConfigException with every fault, if there is any
   */
  public static <R extends Record> R load(Class<R> type, List<Path> files, List<String> settings) {
    String source = files.stream().map(Path::toString).collect(Collectors.joining(" + "));
    return bind(type, source, tree(files), settings);
  }

  /**
   * Loads a recipe that ships with the command.
   *
   * @param name such as {@code demo.yaml}
   * @param settings as in {@link #load}
   */
  public static Recipe builtIn(String name, List<String> settings) {
    return bind(
        Recipe.class,
        name,
        parse(Resources.text(RecipeLoader.class, "/org/r1zero/" + name)),
        settings);
  }

  /** Files as they are, later ones laid over earlier ones, before anything is checked. */
  public static ObjectNode tree(List<Path> files) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    for (Path file : files) {
      merge(tree, RecipeFile.read(file), file.toString());
    }
    return tree;
  }

  /**
   * Makes a record of a tree; the tree is changed by the settings.
   *
   * @param source what messages name
   * @throws ConfigException with every fault, if there is any
   */
  public static <R extends Record> R bind(
      Class<R> type, String source, ObjectNode tree, List<String> settings) {
    List<String> faults = new ArrayList<>();
    for (String setting : settings) {
      apply(setting, tree, faults);
    }
    if (type == Recipe.class && tree.has("stages") && !tree.has("name")) {
      tree.put("name", "pipeline");
    }
    R recipe = new RecordBinder(type, faults).bind(tree, type, "");
    if (recipe == null || !faults.isEmpty()) {
      throw new ConfigException(source, faults);
    }
    return recipe;
  }

  /**
   * Of a recipe with faults, the sections that have none: what they name can be looked at all the
   * same, so that every fault is said at once.
   *
   * @param files and settings as in {@link #load(List, List)}
   * @return the sections that were given and have no fault, of those asked for
   */
  public static ObjectNode sound(List<Path> files, List<String> settings, List<String> sections) {
    ObjectNode tree = tree(files);
    List<String> faults = new ArrayList<>();
    settings.forEach(setting -> apply(setting, tree, faults));
    ObjectNode sound = JsonNodeFactory.instance.objectNode();
    for (String section : sections) {
      ObjectNode alone = JsonNodeFactory.instance.objectNode();
      if (tree.has(section)) {
        alone.set(section, tree.get(section));
        faults.clear();
        new RecordBinder(Recipe.class, faults).bind(alone.deepCopy(), Recipe.class, "");
        sound.setAll(faults.isEmpty() ? alone : JsonNodeFactory.instance.objectNode());
      }
    }
    return sound;
  }

  /** Every key of a recipe with its value, as YAML. */
  public static String toYaml(Record recipe) {
    return toYaml(toTree(recipe));
  }

  /** A tree as YAML. */
  public static String toYaml(ObjectNode tree) {
    try {
      return WRITER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is plain data", e);
    }
  }

  /** A tree of YAML, as {@link #toYaml(ObjectNode)} writes it. */
  public static ObjectNode parse(String yaml) {
    try {
      return YamlReader.read(yaml) instanceof ObjectNode tree
          ? tree
          : JsonNodeFactory.instance.objectNode();
    } catch (YamlReader.YamlException e) {
      throw new IllegalArgumentException("this is not a recipe: " + e.getMessage(), e);
    }
  }

  /**
   * Changes a tree by settings.
   *
   * @param settings as in {@link #load(List, List)}
   * @param source what messages name
   */
  public static void apply(ObjectNode tree, List<String> settings, String source) {
    List<String> faults = new ArrayList<>();
    settings.forEach(setting -> apply(setting, tree, faults));
    if (!faults.isEmpty()) {
      throw new ConfigException(source, faults);
    }
  }

  /** Every key of a recipe with its value. */
  public static ObjectNode toTree(Record recipe) {
    ObjectNode tree = RecordWriter.write(recipe);
    if (recipe instanceof Recipe whole) {
      tree.remove(whole.unused());
    }
    return tree;
  }

  /**
   * Lays a tree over another: mappings are merged, everything else is replaced. A list whose key
   * ends in + is added to the end of what is there; a mapping over a list is laid over its elements
   * of those names, such as {@code stages: {rl: {options: ...}}}.
   *
   * @param file what messages name
   * @throws ConfigException if a list has no element of a name
   */
  public static void merge(ObjectNode target, ObjectNode source, String file) {
    List<String> faults = new ArrayList<>();
    merge(target, source, faults);
    if (!faults.isEmpty()) {
      throw new ConfigException(file, faults);
    }
  }

  private static void merge(ObjectNode target, ObjectNode source, List<String> faults) {
    for (Map.Entry<String, JsonNode> field : source.properties()) {
      String key = field.getKey();
      if (field.getValue() instanceof ObjectNode value) {
        if (target.get(key) instanceof ArrayNode list) {
          mergeElements(list, key, value, faults);
        } else {
          merge(
              target.get(key) instanceof ObjectNode inner ? inner : target.putObject(key),
              value,
              faults);
        }
      } else if (key.endsWith("+") && field.getValue() instanceof ArrayNode more) {
        String list = key.substring(0, key.length() - 1);
        (target.get(list) instanceof ArrayNode there ? there : target.putArray(list)).addAll(more);
      } else {
        target.set(key, field.getValue());
      }
    }
  }

  private static void mergeElements(
      ArrayNode list, String listKey, ObjectNode changes, List<String> faults) {
    for (Map.Entry<String, JsonNode> change : changes.properties()) {
      JsonNode element = NamedElements.find(list, listKey, change.getKey(), faults);
      if (element instanceof ObjectNode inner && change.getValue() instanceof ObjectNode value) {
        merge(inner, value, faults);
      } else if (element != null) {
        faults.add(listKey + "." + change.getKey() + " must be laid over by a mapping of keys");
      }
    }
  }

  private static void apply(String setting, ObjectNode tree, List<String> faults) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      faults.add("--set takes key=value, such as grpo.steps=20; was " + setting);
      return;
    }
    String[] keys = setting.substring(0, equals).split("\\.", -1);
    ObjectNode node = tree;
    for (int i = 0; i < keys.length - 1; i++) {
      if (node.get(keys[i]) instanceof ArrayNode list) {
        JsonNode element = NamedElements.find(list, keys[i], keys[++i], faults);
        if (!(element instanceof ObjectNode inner) || i == keys.length - 1) {
          if (element != null) {
            faults.add("--set changes a key of " + keys[i] + ", not the whole; was " + setting);
          }
          return;
        }
        node = inner;
      } else {
        node = node.get(keys[i]) instanceof ObjectNode inner ? inner : node.putObject(keys[i]);
      }
    }
    String value = setting.substring(equals + 1);
    try {
      JsonNode parsed = YamlReader.read(value);
      // a text with a colon in it reads as a mapping too: one that is meant has braces
      boolean text =
          parsed.isMissingNode() || (parsed.isObject() && !value.stripLeading().startsWith("{"));
      node.set(keys[keys.length - 1], text ? node.textNode(value) : parsed);
    } catch (YamlReader.YamlException e) {
      node.put(keys[keys.length - 1], value);
    }
  }
}
