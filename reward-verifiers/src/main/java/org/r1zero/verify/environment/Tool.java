package org.r1zero.verify.environment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.OptionReader;

/**
 * A tool that the model calls: a turn that ends with a call is answered by the tool's result, any
 * other ends the conversation. Two forms of call are understood, whichever the turn ends with:
 *
 * <pre>{@code
 * <calc>12*(3+4)</calc>                                     -> <result>84</result>
 * <tool_call>{"name": "calculator",
 *   "arguments": {"expression": "12*(3+4)"}}</tool_call>    -> <tool_response>\n84\n</tool_response>
 * }</pre>
 *
 * The first is in the tool's own tags, which are options; the second is what the chat templates of
 * Hermes and Qwen have. After a call nothing may follow but punctuation and space, since a stop
 * string ends a turn with the whole token that completes it. A turn with several {@code
 * <tool_call>} has as many responses, of 16 at most.
 */
public final class Tool {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Tags CALL =
      new Tags("<tool_call>", "</tool_call>", "<tool_response>\n", "\n</tool_response>");

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
    if (!node.path("name").asText().equals(name)) {
      return "error: there is no tool '" + node.path("name").asText() + "', only '" + name + "'";
    }
    JsonNode arguments = node.path("arguments");
    if (arguments.isTextual()) { // as the API of OpenAI has them
      try {
        arguments = JSON.readTree(arguments.textValue());
      } catch (JsonProcessingException e) {
        return "error: the arguments are not JSON";
      }
    }
    JsonNode value = arguments.path(argument);
    return value.isValueNode()
        ? work.apply(value.asText())
        : "error: the call needs the argument '" + argument + "'";
  }
}
