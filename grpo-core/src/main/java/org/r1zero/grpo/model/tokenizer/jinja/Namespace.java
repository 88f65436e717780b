package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;

/** Jinja's {@code namespace}: an object whose fields may be set from within a loop. */
final class Namespace {
  private final Map<String, Object> fields;

  Namespace(Map<String, Object> fields) {
    this.fields = new HashMap<>(fields);
  }

  Object get(String name) {
    return fields.getOrDefault(name, new Undefined(name));
  }

  void set(String name, Object value) {
    fields.put(name, value);
  }
}
