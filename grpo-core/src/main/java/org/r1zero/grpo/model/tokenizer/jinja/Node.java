package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A statement of a template. */
sealed interface Node {
  /** What a turn of a loop costs, or a call of a macro: a frame of names. */
  int ITEM_COST = 4;

  /** Where rendering goes on after a statement. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /** Appends what it prints. */
  Flow render(Frame frame, StringBuilder out);

  /** Several statements. */
  record Block(List<Node> nodes) implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      for (Node node : nodes) {
        Budget.spend(1);
        Flow flow = node.render(frame, out);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    }
  }

  /** Text that is printed as it is. */
  record Text(String text) implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      Budget.spend(text.length());
      out.append(text);
      return Flow.NEXT;
    }
  }

  /** A value in double braces. */
  record Print(Expression value, int line) implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      String text = Values.text(value.evaluate(frame));
      Budget.spend(text.length());
      out.append(text);
      return Flow.NEXT;
    }
  }

  /** {@code break} or {@code continue}. */
  record Jump(Flow flow) implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      return flow;
    }
  }

  /** {@code if}; an {@code elif} is an {@code if} in {@code otherwise}. */
  record If(Expression condition, Node then, Node otherwise) implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      return (Values.truth(condition.evaluate(frame)) ? then : otherwise).render(frame, out);
    }
  }

  /** {@code for}, with a condition that chooses items and an {@code else} for none. */
  record For(
      Target target, Expression items, Optional<Expression> condition, Node body, Node otherwise)
      implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      List<Object> chosen = new ArrayList<>();
      for (Object item : Values.iterate(items.evaluate(frame))) {
        Frame inner = frame.open();
        target.assign(inner, item);
        if (condition.isEmpty() || Values.truth(condition.get().evaluate(inner))) {
          chosen.add(item);
        }
      }
      for (int i = 0; i < chosen.size(); i++) {
        Budget.spend(ITEM_COST);
        Frame inner = frame.open();
        inner.set("loop", new Loop(chosen, i));
        target.assign(inner, chosen.get(i));
        if (body.render(inner, out) == Flow.BREAK) {
          break;
        }
      }
      return chosen.isEmpty() ? otherwise.render(frame, out) : Flow.NEXT;
    }
  }

  /** {@code set name = value}. */
  record Set(Target target, Expression value) implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      target.assign(frame, value.evaluate(frame));
      return Flow.NEXT;
    }
  }

  /** {@code set name} with a body. */
  record SetBlock(Target target, Node body) implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      StringBuilder text = new StringBuilder();
      body.render(frame.open(), text);
      target.assign(frame, text.toString());
      return Flow.NEXT;
    }
  }

  /** {@code macro}: sets a function that renders {@code body}. */
  record Macro(String name, Map<String, Optional<Expression>> parameters, Node body)
      implements Node {
    @Override
    public Flow render(Frame frame, StringBuilder out) {
      frame.set(name, (Callable) arguments -> call(frame, arguments));
      return Flow.NEXT;
    }

    private Object call(Frame defined, Arguments arguments) {
      Budget.spend(ITEM_COST);
      Frame frame = defined.open();
      int place = 0;
      for (Map.Entry<String, Optional<Expression>> parameter : parameters.entrySet()) {
        Object given =
            arguments.get(place++, parameter.getKey(), new Undefined(parameter.getKey()));
        boolean missing = given instanceof Undefined && parameter.getValue().isPresent();
        frame.set(parameter.getKey(), missing ? parameter.getValue().get().evaluate(frame) : given);
      }
      StringBuilder out = new StringBuilder();
      body.render(frame, out);
      return out.toString();
    }
  }

  /** What is assigned to: names, several of them, or a field of a namespace. */
  sealed interface Target {
    void assign(Frame frame, Object value);

    /** A name. */
    record Name(String name) implements Target {
      @Override
      public void assign(Frame frame, Object value) {
        frame.set(name, value);
      }
    }

    /** A namespace's field. */
    record Field(String object, String field) implements Target {
      @Override
      public void assign(Frame frame, Object value) {
        if (frame.get(object) instanceof Namespace namespace) {
          namespace.set(field, value);
        } else {
          throw new JinjaException("only a namespace's fields can be set, not " + object + "'s");
        }
      }
    }

    /** Several, from a list of as many. */
    record Several(List<Target> targets) implements Target {
      @Override
      public void assign(Frame frame, Object value) {
        List<Object> values = Values.iterate(value);
        if (values.size() != targets.size()) {
          throw new JinjaException(
              values.size() + " values can't be assigned to " + targets.size() + " names");
        }
        for (int i = 0; i < values.size(); i++) {
          targets.get(i).assign(frame, values.get(i));
        }
      }
    }
  }
}
