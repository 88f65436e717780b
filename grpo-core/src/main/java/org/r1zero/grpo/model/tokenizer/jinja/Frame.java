package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The names that are known at one place: its own, then those around it. */
final class Frame {
  private final Map<String, Object> names = new HashMap<>();
  private final Optional<Frame> outer;

  Frame(Map<String, Object> globals) {
    this(Optional.empty());
    names.putAll(globals);
  }

  private Frame(Optional<Frame> outer) {
    this.outer = outer;
  }

  /** A frame within this one: what is set in it is gone when it is. */
  Frame open() {
    return new Frame(Optional.of(this));
  }

  Object get(String name) {
    Object value = names.get(name);
    if (value != null) {
      return value;
    }
    return outer.isPresent() ? outer.get().get(name) : new Undefined(name);
  }

  void set(String name, Object value) {
    names.put(name, value);
  }
}
