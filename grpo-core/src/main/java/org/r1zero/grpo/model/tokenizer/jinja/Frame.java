package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;

/** The names that are known at one place: its own, then those around it. */
final class Frame {
  private static final int MAX_DEPTH = 200;
  private final Map<String, Object> names = new HashMap<>();
  private final Frame[] outer;
  private final int depth;

  Frame(Map<String, Object> globals) {
    names.putAll(globals);
    this.outer = new Frame[0];
    this.depth = 0;
  }

  private Frame(Frame outer) {
    this.outer = new Frame[] {outer};
    this.depth = outer.depth + 1;
    if (depth > MAX_DEPTH) {
      throw new JinjaException("loops and macros are nested more than " + MAX_DEPTH + " deep");
    }
  }

  /** A frame within this one: what is set in it is gone when it is. */
  Frame open() {
    return new Frame(this);
  }

  Object get(String name) {
    Object value = names.get(name);
    if (value != null) {
      return value;
    }
    return outer.length == 0 ? new Undefined(name) : outer[0].get(name);
  }

  void set(String name, Object value) {
    names.put(name, value);
  }
}
