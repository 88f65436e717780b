package org.r1zero.experiment.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads one YAML document into a tree. Anchors, aliases and merge keys are resolved. Plain {@code
 * true} and {@code false} are booleans; {@code yes}, {@code no}, {@code on} and {@code off} stay
 * texts, which whoever wants a boolean takes as one: some keys have {@code off} among their values.
 */
final class YamlReader {
  /** An alias repeats what it stands for: a bound on what nested ones can grow to. */
  private static final int MAX_NODES = 100_000;

  /**
   * Longer ones are texts: nothing is as large, and reading them takes the square of their length.
   */
  private static final int MAX_DIGITS = 400;

  private static final String MERGE = "<<";

  /** What SnakeYAML's message of a text that is nested too deep begins with. */
  private static final String TOO_DEEP = "Nesting Depth exceeded";

  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
  private static final Set<Tag> KNOWN_TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.MERGE,
          Tag.TIMESTAMP,
          Tag.MAP,
          Tag.SEQ);

  private final JsonNodeFactory nodes = JsonNodeFactory.instance;
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int count;

  private YamlReader() {}

  /** A text is not one document of YAML; the message says what is wrong, and in which line. */
  static final class YamlException extends Exception {
    private static final long serialVersionUID = 1L;

    YamlException(String message) {
      super(message);
    }
  }

  /** A number as it was written, for where a text is wanted: {@code 1.10} is a version. */
  private static final class WrittenNumber extends DoubleNode {
    private static final long serialVersionUID = 1L;
    private final String written;

    WrittenNumber(String written) {
      super(Double.parseDouble(written));
      this.written = written;
    }

    @Override
    public String asText() {
      return written;
    }
  }

  /**
   * Reads a text.
   *
   * @return a missing node where there is nothing in it
   */
  static JsonNode read(String text) throws YamlException {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MAX_NODES); // what they grow to is bounded below
    List<Node> documents = new ArrayList<>();
    try {
      String withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
      for (Node document : new Yaml(options).composeAll(new StringReader(withoutMark))) {
        documents.add(document);
        if (documents.size() > 1) {
          throw fault(
              document,
              "a second document begins; a recipe is one: put it into a file of its own and name"
                  + " both, later files override earlier ones");
        }
      }
      return documents.isEmpty()
          ? JsonNodeFactory.instance.missingNode()
          : new YamlReader().node(documents.get(0));
    } catch (MarkedYAMLException e) {
      throw new YamlException(words(e));
    } catch (ReaderException e) {
      int line =
          1
              + (int)
                  text.codePoints()
                      .takeWhile(c -> c != e.getCodePoint())
                      .filter(c -> c == '\n')
                      .count();
      throw new YamlException(
          String.format(
              "line %d: has the character U+%04X, which YAML does not allow; delete it",
              line, e.getCodePoint()));
    } catch (YAMLException e) {
      String message = String.valueOf(e.getMessage());
      throw new YamlException(
          message.startsWith(TOO_DEEP)
              ? "is nested more than " + options.getNestingDepthLimit() + " deep"
              : message.lines().findFirst().orElse(""));
    }
  }

  /** Where the fault is, what it is a part of, and what to do about the usual ones. */
  private static String words(MarkedYAMLException e) {
    int line = line(e.getProblemMark());
    String problem =
        String.valueOf(e.getProblem())
            .replace("\n(10)", "at the end of the line")
            .replaceFirst("\\.? \\(Do not use .* for indentation\\)", "");
    String hint =
        problem.contains("(TAB)")
            ? "; indent by spaces"
            : problem.contains("that cannot start any token")
                ? "; a text that begins with it needs quotes"
                : problem.startsWith("mapping values are not allowed")
                    ? "; a value with a colon and a space in it needs quotes"
                    : problem.startsWith("expected <block end>")
                        ? "; is the line indented as those beside it?"
                        : "";
    int begin = line(e.getContextMark());
    String context =
        begin > 0 && begin != line && String.valueOf(e.getContext()).startsWith("while ")
            ? ", " + e.getContext() + " that begins in line " + begin
            : "";
    return "line " + line + ": " + problem + context + hint;
  }

  private static int line(@Nullable Mark mark) {
    return mark == null ? 0 : mark.getLine() + 1;
  }

  private JsonNode node(Node node) throws YamlException {
    if (++count > MAX_NODES) {
      throw fault(node, "has more than " + MAX_NODES + " values; do its aliases repeat too much?");
    }
    if (!KNOWN_TAGS.contains(node.getTag())) {
      throw fault(node, "the tag " + node.getTag().getValue() + " is not known; leave it out");
    }
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar);
    }
    if (!open.add(node)) {
      throw fault(node, "an alias is inside the node that it refers to");
    }
    JsonNode result =
        node instanceof SequenceNode sequence ? list(sequence) : mapping((MappingNode) node);
    open.remove(node);
    return result;
  }

  private ArrayNode list(SequenceNode sequence) throws YamlException {
    ArrayNode list = nodes.arrayNode();
    for (Node element : sequence.getValue()) {
      list.add(node(element));
    }
    return list;
  }

  private ObjectNode mapping(MappingNode mapping) throws YamlException {
    ObjectNode own = nodes.objectNode();
    ObjectNode merged = nodes.objectNode();
    Map<String, Integer> lines = new HashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode key)) {
        throw fault(entry.getKeyNode(), "a key must be a text");
      }
      int line = key.getStartMark().getLine() + 1;
      Integer earlier = lines.put(key.getValue(), line);
      if (earlier != null) {
        throw fault(key, "the key " + key.getValue() + " is there twice, first in line " + earlier);
      }
      if (key.getTag().equals(Tag.MERGE) && key.getValue().equals(MERGE)) {
        merge(entry.getValueNode(), merged);
      } else {
        own.set(key.getValue(), node(entry.getValueNode()));
      }
    }
    merged.setAll(own); // a mapping's own keys win, whichever come first
    return merged;
  }

  private void merge(Node value, ObjectNode merged) throws YamlException {
    List<Node> sources =
        value instanceof SequenceNode several ? several.getValue() : List.of(value);
    for (Node source : sources) {
      if (!(node(source) instanceof ObjectNode mapping)) {
        throw fault(source, "<< must be followed by a mapping, or by a list of mappings");
      }
      for (Map.Entry<String, JsonNode> field : mapping.properties()) {
        merged.putIfAbsent(field.getKey(), field.getValue());
      }
    }
  }

  private JsonNode scalar(ScalarNode scalar) throws YamlException {
    String text = scalar.getValue();
    boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.NULL)) {
      return nodes.nullNode();
    }
    if (text.length() > MAX_DIGITS) {
      return nodes.textNode(text);
    }
    if (tag.equals(Tag.STR)) {
      // YAML 1.1 reads 1e-6 as a text, YAML 1.2 as a number: so do we, unless it is quoted
      return plain && !INTEGER.matcher(text).matches() && DECIMAL.matcher(text).matches()
          ? new WrittenNumber(text)
          : nodes.textNode(text);
    }
    if (tag.equals(Tag.BOOL)) {
      String word = text.toLowerCase(Locale.ROOT);
      return word.equals("true") || word.equals("false")
          ? nodes.booleanNode(word.equals("true"))
          : nodes.textNode(text);
    }
    if (INTEGER.matcher(text).matches()) {
      BigInteger value = new BigInteger(text.startsWith("+") ? text.substring(1) : text);
      return value.bitLength() < Integer.SIZE
          ? nodes.numberNode(value.intValue())
          : value.bitLength() < Long.SIZE
              ? nodes.numberNode(value.longValue())
              : BigIntegerNode.valueOf(value);
    }
    if (DECIMAL.matcher(text).matches()) {
      return new WrittenNumber(text);
    }
    if (tag.equals(Tag.FLOAT) && text.matches("[-+]?\\.(inf|Inf|INF|nan|NaN|NAN)")) {
      double sign = text.startsWith("-") ? -1 : 1;
      boolean isNan = text.toLowerCase(Locale.ROOT).endsWith("nan");
      return nodes.numberNode(isNan ? Double.NaN : sign * Double.POSITIVE_INFINITY);
    }
    if (!plain && (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT))) {
      throw fault(scalar, "'" + text + "' is not a number");
    }
    return nodes.textNode(text); // dates, octal and sexagesimal numbers: what they look like
  }

  private static YamlException fault(Node node, String message) {
    return new YamlException("line " + (node.getStartMark().getLine() + 1) + ": " + message);
  }
}
