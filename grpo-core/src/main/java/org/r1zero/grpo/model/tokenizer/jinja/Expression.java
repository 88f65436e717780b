package org.r1zero.grpo.model.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An expression of a template. */
sealed interface Expression {

  Object evaluate(Frame frame);

  /** A value that is written out. */
  record Literal(Object value) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return value;
    }
  }

  /** A variable. */
  record Name(String name) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return frame.get(name);
    }
  }

  /** A list or tuple. */
  record Items(List<Expression> items) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      List<Object> values = new ArrayList<>();
      items.forEach(item -> values.add(item.evaluate(frame)));
      return values;
    }
  }

  /** A dictionary. */
  record Dict(List<Expression> keys, List<Expression> values) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Map<Object, Object> dict = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        dict.put(Values.key(keys.get(i).evaluate(frame)), values.get(i).evaluate(frame));
      }
      return dict;
    }
  }

  /** {@code object.name}. */
  record Attribute(Expression object, String name) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Access.attribute(object.evaluate(frame), name);
    }
  }

  /** {@code object[key]}. */
  record Item(Expression object, Expression key) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Access.item(object.evaluate(frame), key.evaluate(frame));
    }
  }

  /** {@code object[start:stop:step]}; each part may be left out. */
  record Slice(
      Expression object,
      Optional<Expression> start,
      Optional<Expression> stop,
      Optional<Expression> step)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Access.slice(
          object.evaluate(frame), part(start, frame), part(stop, frame), part(step, frame));
    }

    private static Object part(Optional<Expression> part, Frame frame) {
      return part.isPresent() ? part.get().evaluate(frame) : None.NONE;
    }
  }

  /** The arguments of a call. */
  record Call(List<Expression> positional, Map<String, Expression> named) {
    static final Call EMPTY = new Call(List.of(), Map.of());

    Arguments evaluate(Frame frame) {
      List<Object> values = new ArrayList<>();
      positional.forEach(p -> values.add(p.evaluate(frame)));
      Map<String, Object> byName = new LinkedHashMap<>();
      named.forEach((name, value) -> byName.put(name, value.evaluate(frame)));
      return new Arguments(values, byName);
    }
  }

  /** {@code function(arguments)}. */
  record Invoke(Expression function, Call call) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object value = function.evaluate(frame);
      if (value instanceof Callable callable) {
        Budget.spend(1);
        return callable.call(call.evaluate(frame));
      }
      throw value instanceof Undefined undefined
          ? undefined.failure()
          : new JinjaException(Values.repr(value) + " can't be called");
    }
  }

  /** {@code value|name(arguments)}. */
  record Filter(Expression value, String name, Call call) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Budget.spend(1);
      Object result = Filters.apply(name, value.evaluate(frame), call.evaluate(frame));
      if (result instanceof String text) {
        Budget.spend(text.length());
      }
      return result;
    }
  }

  /** {@code value is name(arguments)}. */
  record Test(Expression value, String name, Call call) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Tests.holds(name, value.evaluate(frame), call.evaluate(frame));
    }
  }

  /** {@code then if condition else otherwise}. */
  record Choice(Expression then, Expression condition, Optional<Expression> otherwise)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      if (Values.truth(condition.evaluate(frame))) {
        return then.evaluate(frame);
      }
      return otherwise.isPresent()
          ? otherwise.get().evaluate(frame)
          : new Undefined("an inline if without else");
    }
  }

  /** {@code not value}. */
  record Not(Expression value) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return !Values.truth(value.evaluate(frame));
    }
  }

  /** {@code and} and {@code or}, which give one of their operands. */
  record Logical(boolean and, Expression left, Expression right) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object value = left.evaluate(frame);
      return Values.truth(value) == and ? right.evaluate(frame) : value;
    }
  }

  /** A chain of comparisons, all of which must hold. */
  record Comparison(Expression first, List<String> operators, List<Expression> others)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object left = first.evaluate(frame);
      for (int i = 0; i < operators.size(); i++) {
        Object right = others.get(i).evaluate(frame);
        if (!Values.compare(operators.get(i), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    }
  }

  /** Arithmetic, and {@code ~}. */
  record Binary(String operator, Expression left, Expression right) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Budget.spend(1);
      return Arithmetic.apply(operator, left.evaluate(frame), right.evaluate(frame));
    }
  }

  /** {@code -value}. */
  record Negative(Expression value) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Arithmetic.apply("-", 0L, value.evaluate(frame));
    }
  }
}
