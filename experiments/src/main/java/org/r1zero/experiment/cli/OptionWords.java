package org.r1zero.experiment.cli;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Says keys of recipes as the options by which a command takes them: {@code
 * sampling.max_new_tokens} is {@code --max-new-tokens} to who calls {@code r1zero generate}.
 */
final class OptionWords {
  /** Sections of recipes whose keys commands take as options. */
  private static final Pattern DOTTED =
      Pattern.compile(
          "(?<![\\w./=-])(?:sampling|evaluation|rollouts|scoring|prompt|grpo)\\.(\\w+)(?![\\w=.])");

  /** A key of several words, which plain text does not have. */
  private static final Pattern LONG =
      Pattern.compile("(?<![\\w./=-])([a-z]+(?:_[a-z]+)+)(?![\\w=.])");

  /** A key of one word, where a message speaks of it as one. */
  private static final Pattern SHORT =
      Pattern.compile(
          "(?<=^|[:;,] |\\bset |\\n {2})([a-z]+)(?= must | takes )|(?<=\\bset )([a-z]+)(?=: )");

  private OptionWords() {}

  /** A message as a command's user should read it. */
  static String in(String message, CommandSpec command) {
    Map<String, String> options = new HashMap<>();
    for (OptionSpec option : command.options()) {
      for (String name : option.names()) {
        if (name.startsWith("--")) {
          options.put(name.substring(2).replace('-', '_').toLowerCase(Locale.ROOT), name);
        }
      }
    }
    String said = replace(DOTTED, message, options);
    // where --set is an option, a plain key is one of the recipe
    return options.containsKey("set")
        ? said
        : replace(SHORT, replace(LONG, said, options), options)
            .replaceAll("set (--\\S+): ", "set $1 ");
  }

  private static String replace(Pattern key, String message, Map<String, String> options) {
    return key.matcher(message)
        .replaceAll(
            found -> {
              String option = options.get(name(found));
              return option == null ? "$0" : option;
            });
  }

  private static String name(MatchResult found) {
    String first = found.group(1);
    return first == null ? found.group(2) : first;
  }
}
