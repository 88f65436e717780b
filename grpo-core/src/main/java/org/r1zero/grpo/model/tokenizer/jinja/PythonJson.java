package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes JSON as Python's {@code json.dumps(value, ensure_ascii=False)} does. */
final class PythonJson {
  private final StringBuilder out = new StringBuilder();
  private final int indent;

  private PythonJson(int indent) {
    this.indent = indent;
  }

  /**
   * Writes a value.
   *
   * @param indent blanks a level, or none for one line
   */
  static String dump(Object value, Object indent) {
    PythonJson json =
        new PythonJson(indent instanceof None ? -1 : Math.toIntExact(Values.integer(indent)));
    json.write(value, 0);
    return json.out.toString();
  }

  private void write(Object value, int depth) {
    Budget.spend(1);
    if (value instanceof String text) {
      quote(text);
    } else if (value instanceof Boolean || value instanceof None) {
      out.append(value instanceof None ? "null" : value.toString());
    } else if (value instanceof Double number) {
      out.append(Values.number(number));
    } else if (value instanceof Long) {
      out.append(value);
    } else if (value instanceof List<?> items) {
      Iterator<?> iterator = items.iterator();
      writeAll('[', ']', depth, items.size(), () -> write(iterator.next(), depth + 1));
    } else if (value instanceof Map<?, ?> map) {
      Iterator<? extends Map.Entry<?, ?>> iterator = map.entrySet().iterator();
      writeAll(
          '{',
          '}',
          depth,
          map.size(),
          () -> {
            Map.Entry<?, ?> entry = iterator.next();
            quote(Values.text(entry.getKey()));
            out.append(": ");
            write(entry.getValue(), depth + 1);
          });
    } else {
      throw new JinjaException(Values.repr(value) + " can't be written as JSON");
    }
  }

  private void writeAll(char open, char close, int depth, int size, Runnable writeNext) {
    out.append(open);
    for (int i = 0; i < size; i++) {
      if (i > 0) {
        out.append(indent < 0 ? ", " : ",");
      }
      newLine(depth + 1);
      writeNext.run();
    }
    if (size > 0) {
      newLine(depth);
    }
    out.append(close);
  }

  private void newLine(int depth) {
    if (indent >= 0) {
      Budget.spend((long) indent * depth);
      out.append('\n').append(" ".repeat(indent * depth));
    }
  }

  private void quote(String text) {
    Budget.spend(text.length());
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
