package org.r1zero.verify.environment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.OptionReader;

/**
 * A tool that the model calls: a turn that ends with a call is answered by the tool's result, any
 * other ends the conversation. Three forms of call are understood; of the first two it is the one
 * that the turn ends with, the third is a whole turn:
 *
 * <pre>{@code
 * <calc>12*(3+4)</calc>                                     -> <result>84</result>
 * <tool_call>{"name": "calculator",
 *   "arguments": {"expression": "12*(3+4)"}}</tool_call>    -> <tool_response>\n84\n</tool_response>
 * {"name": "calculator",
 *   "parameters": {"expression": "12*(3+4)"}}               -> 84, as a turn of the role tool
 * }</pre>
 *
 * The first is in the tool's own tags, which are options; the second is what the chat templates of
 * Hermes and Qwen have; the third those of Llama 3.1 and 3.2, also after {@code <|python_tag|>},
 * where it may be {@code calculator.call(expression="12*(3+4)")} as well, and for the tool {@code
 * python} the program itself. After a call nothing may follow but punctuation and space, since a stop
 * string ends a turn with the whole token that completes it. A turn with several {@code
 * <tool_call>} has as many responses, of 16 at most.
 */
public final class Tool {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Tags CALL =
      new Tags("<tool_call>", "</tool_call>", "<tool_response>\n", "\n</tool_response>");

  private static final String PYTHON_TAG = "<|python_tag|>";
  private static final Pattern BUILT_IN =
      Pattern.compile("(\\w{1,64})\\.call\\((\\w{1,64})=\"(.*)\"\\)", Pattern.DOTALL);

  private static final int MOST_CALLS = 16;

  private final String name;
  private final String argument;
  private final Tags own;

  /** What stands around a call and its result. */
  private record Tags(String open, String close, String resultOpen, String resultClose) {}

  /**
   * Describes a tool and reads its tags from the options {@code open}, {@code close}, {@code
   * result_open} and {@code result_close}.
   *
   * @param name by which a {@code <tool_call>} asks for it
   * @param argument the name of its one argument there
   * @param tag the default of its own tags, such as {@code calc}
   * @param result the default tag of its results
   */
  public Tool(OptionReader options, String name, String argument, String tag, String result) {
    this.name = name;
    this.argument = argument;
    this.own =
        new Tags(
            options.text("open", "<" + tag + ">"),
            options.text("close", "</" + tag + ">"),
            maybeEmpty(options, "result_open", "<" + result + ">"),
            maybeEmpty(options, "result_close", "</" + result + ">"));
    if (own.close().isBlank()) {
      options.fault("option 'close' must not be blank");
    }
  }

  private static String maybeEmpty(OptionReader options, String name, String otherwise) {
    JsonNode value = options.node(name);
    if (!value.isMissingNode() && !value.isTextual()) {
      options.fault("option '" + name + "' must be a text, was " + value);
    }
    return value.asText(otherwise);
  }

  /**
   * Answers a turn.
   *
   * @param work from an argument to a result; never throws on what a model wrote
   */
  public Environment.Reply answer(String turn, UnaryOperator<String> work) {
    List<String> llama = llama(turn.strip(), work);
    if (!llama.isEmpty()) {
      return new Environment.Reply(
          String.join("\n", llama), 0, false, Environment.Role.TOOL);
    }
    boolean inOwn = turn.lastIndexOf(own.close()) >= turn.lastIndexOf(CALL.close());
    Tags tags = inOwn ? own : CALL;
    String call = call(turn, tags);
    if (call == null) {
      return Environment.Reply.end();
    }
    List<String> results =
        inOwn
            ? List.of(work.apply(call))
            : calls(turn).stream().map(one -> asked(one, work)).toList();
    return Environment.Reply.goOn(
        results.stream()
            .map(result -> tags.resultOpen() + result + tags.resultClose())
            .collect(Collectors.joining("\n")));
  }

  /** The results of a turn that is calls in Llama's form; none where it is not. */
  private List<String> llama(String turn, UnaryOperator<String> work) {
    boolean tagged = turn.startsWith(PYTHON_TAG);
    String said = tagged ? turn.substring(PYTHON_TAG.length()).strip() : turn;
    List<JsonNode> calls = said.startsWith("{") ? objects(said) : List.of();
    if (!calls.isEmpty()) {
      return calls.stream().map(one -> asked(one, work)).toList();
    }
    if (!tagged) {
      return List.of();
    }
    Matcher builtIn = BUILT_IN.matcher(said);
    if (builtIn.matches()) {
      return List.of(
          !builtIn.group(1).equals(name)
              ? noSuchTool(builtIn.group(1))
              : builtIn.group(2).equals(argument) ? work.apply(builtIn.group(3)) : needed());
    }
    return List.of(name.equals("python") ? work.apply(said) : "error: the call is not JSON");
  }

  /** Calls one after the other, which may have semicolons between them; none if more is there. */
  private static List<JsonNode> objects(String said) {
    List<JsonNode> calls = new ArrayList<>();
    String rest = said;
    try {
      while (!rest.isEmpty() && calls.size() < MOST_CALLS) {
        try (JsonParser parser = JSON.createParser(rest)) {
          JsonNode call = parser.readValueAsTree();
          if (!call.path("name").isTextual() || !(call.has("parameters") || call.has("arguments"))) {
            return List.of();
          }
          calls.add(call);
          rest = rest.substring((int) parser.currentLocation().getCharOffset()).strip();
        }
        rest = rest.startsWith(";") ? rest.substring(1).strip() : rest;
      }
      return calls;
    } catch (IOException e) {
      return List.of();
    }
  }

  /** All calls of a turn in the chat templates' form, which may have several. */
  private static List<String> calls(String turn) {
    List<String> calls = new ArrayList<>();
    int from = turn.indexOf(CALL.open());
    while (from >= 0 && calls.size() < MOST_CALLS) {
      int to = turn.indexOf(CALL.close(), from);
      if (to < 0) {
        break;
      }
      calls.add(turn.substring(from + CALL.open().length(), to));
      from = turn.indexOf(CALL.open(), to);
    }
    return calls;
  }

  /** What the call says with which a turn ends; {@code null} where it does not end with one. */
  private static @Nullable String call(String turn, Tags tags) {
    int to = turn.lastIndexOf(tags.close());
    if (to < 0
        || turn.substring(to + tags.close().length())
            .chars()
            .anyMatch(Character::isLetterOrDigit)) {
      return null;
    }
    int from = turn.lastIndexOf(tags.open(), to - tags.open().length());
    return from < 0 ? null : turn.substring(from + tags.open().length(), to);
  }

  private String asked(String call, UnaryOperator<String> work) {
    JsonNode node;
    try {
      node = JSON.readTree(call);
    } catch (JsonProcessingException e) {
      return "error: the call is not JSON";
    }
    return asked(node, work);
  }

  private String noSuchTool(String wanted) {
    return "error: there is no tool '" + wanted + "', only '" + name + "'";
  }

  private String needed() {
    return "error: the call needs the argument '" + argument + "'";
  }

  private String asked(JsonNode node, UnaryOperator<String> work) {
    if (!node.path("name").asText().equals(name)) {
      return noSuchTool(node.path("name").asText());
    }
    JsonNode arguments = node.path(node.has("parameters") ? "parameters" : "arguments");
    if (arguments.isTextual()) { // as the API of OpenAI has them
      try {
        arguments = JSON.readTree(arguments.textValue());
      } catch (JsonProcessingException e) {
        return "error: the arguments are not JSON";
      }
    }
    JsonNode value = arguments.path(argument);
    return value.isValueNode() ? work.apply(value.asText()) : needed();
  }
}
