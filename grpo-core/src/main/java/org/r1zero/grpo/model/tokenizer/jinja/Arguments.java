package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/**
 * What a function, filter or test is called with.
 *
 * @param positional in order
 * @param named by name
 */
record Arguments(List<Object> positional, Map<String, Object> named) {

  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /** The argument at a place or under a name, otherwise {@code otherwise}. */
  Object get(int place, String name, Object otherwise) {
    if (place < positional.size()) {
      return positional.get(place);
    }
    return named.getOrDefault(name, otherwise);
  }

  /** The argument at a place, which must be there. */
  Object required(int place, String what) {
    if (place >= positional.size()) {
      throw new JinjaException(what + " needs " + (place + 1) + " arguments");
    }
    return positional.get(place);
  }

  /** A whole number at a place or under a name. */
  int integer(int place, String name, int otherwise) {
    return Math.toIntExact(Values.integer(get(place, name, (long) otherwise)));
  }

  /** A text at a place, which must be there. */
  String text(int place, String what) {
    if (required(place, what) instanceof String text) {
      return text;
    }
    throw new JinjaException(what + " needs a string, was given " + required(place, what));
  }

  /** The arguments after the first {@code count}. */
  Arguments from(int count) {
    return new Arguments(
        positional.subList(Math.min(count, positional.size()), positional.size()), named);
  }
}
