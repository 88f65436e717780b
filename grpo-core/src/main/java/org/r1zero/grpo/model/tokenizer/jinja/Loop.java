package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.List;

/**
 * The variable {@code loop} within a for loop.
 *
 * @param items all that the loop goes over
 * @param index where it is, from 0
 */
record Loop(List<Object> items, int index) {

  Object get(String name) {
    int size = items.size();
    return switch (name) {
      case "index" -> (long) index + 1;
      case "index0" -> (long) index;
      case "revindex" -> (long) size - index;
      case "revindex0" -> (long) size - index - 1;
      case "first" -> index == 0;
      case "last" -> index == size - 1;
      case "length" -> (long) size;
      case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("loop.previtem");
      case "nextitem" -> index < size - 1 ? items.get(index + 1) : new Undefined("loop.nextitem");
      case "cycle" ->
          (Callable)
              arguments -> arguments.required(index % arguments.positional().size(), "cycle");
      default -> new Undefined("loop." + name);
    };
  }
}
