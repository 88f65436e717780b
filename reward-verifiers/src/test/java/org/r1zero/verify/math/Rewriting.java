package org.r1zero.verify.math;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.fraction.BigFraction;
import org.r1zero.verify.math.expr.Expr;
import org.r1zero.verify.math.expr.Op;
import org.r1zero.verify.math.read.Vocabulary;

/** Writes an answer in another notation than it came in, chosen by a seed. */
final class Rewriting {

  private final Random random;
  private final boolean latex;

  Rewriting(long seed, boolean latex) {
    this.random = new Random(seed);
    this.latex = latex;
  }

  /** The same value in other signs and another order. */
  String write(Expr expr) {
    if (expr instanceof Expr.Num num) {
      return number(num);
    }
    if (expr instanceof Expr.Name name) {
      return name(name.name());
    }
    if (expr instanceof Expr.Text text) {
      return "\\text{" + text.words() + "}";
    }
    if (expr instanceof Expr.Constant constant) {
      return constant(constant);
    }
    if (expr instanceof Expr.Apply apply) {
      return apply.function() + "(" + list(apply.args()) + ")";
    }
    if (expr instanceof Expr.Group group) {
      return group(group);
    }
    if (expr instanceof Expr.Matrix matrix) {
      return matrix(matrix);
    }
    if (expr instanceof Expr.Chain chain) {
      return chain(chain);
    }
    return call((Expr.Call) expr);
  }

  private boolean coin() {
    return random.nextBoolean();
  }

  private String number(Expr.Num num) {
    BigFraction value = num.value();
    String top = value.getNumerator().toString();
    String bottom = value.getDenominator().toString();
    if (bottom.equals("1")) {
      return top.length() > 3 && latex && coin() && !num.decimal() ? thousands(top) : top;
    }
    if (num.decimal()) {
      String digits =
          new java.math.BigDecimal(value.getNumerator())
              .divide(new java.math.BigDecimal(value.getDenominator()))
              .toPlainString();
      return coin() ? digits : digits + "0";
    }
    return latex ? frac() + "{" + top + "}{" + bottom + "}" : "(" + top + "/" + bottom + ")";
  }

  private static String thousands(String digits) {
    StringBuilder text = new StringBuilder(digits);
    for (int at = digits.length() - 3; at > 0; at -= 3) {
      text.insert(at, "{,}");
    }
    return text.toString();
  }

  private String frac() {
    return coin() ? "\\dfrac" : coin() ? "\\tfrac" : "\\frac";
  }

  private static String name(String name) {
    int subscript = name.indexOf('_');
    String letter = subscript < 0 ? name : name.substring(0, subscript);
    String written = Vocabulary.greek(letter) ? "\\" + letter + " " : letter;
    return subscript < 0 ? written : written + "_{" + name.substring(subscript + 1) + "}";
  }

  private String constant(Expr.Constant constant) {
    return switch (constant) {
      case PI -> latex ? "\\pi " : "π";
      case E -> "e";
      case I -> "i";
      case INFINITY -> latex ? "\\infty " : "infinity";
      default -> "\\mathbb{" + constant.name().charAt(0) + "}";
    };
  }

  private String list(List<Expr> items) {
    return String.join(coin() ? ", " : ",", items.stream().map(this::write).toList());
  }

  private String group(Expr.Group group) {
    List<Expr> items = new ArrayList<>(group.items());
    boolean free = group.shape() == Expr.Shape.LIST || group.shape() == Expr.Shape.SET;
    boolean named = items.stream().anyMatch(item -> item instanceof Expr.Chain);
    if (free && !named) {
      Collections.shuffle(items, random);
    }
    String inside = list(items);
    String left = latex && coin() ? "\\left" : "";
    String right = left.isEmpty() ? "" : "\\right";
    return switch (group.shape()) {
      case LIST -> named || coin() ? inside : "\\{" + inside + "\\}";
      case SET -> left + "\\{" + inside + right + "\\}";
      case PARENTHESES -> left + "(" + inside + right + ")";
      case BRACKETS -> left + "[" + inside + right + "]";
      case LEFT_OPEN -> left + "(" + inside + right + "]";
      case RIGHT_OPEN -> left + "[" + inside + right + ")";
    };
  }

  private String matrix(Expr.Matrix matrix) {
    String name = coin() ? "bmatrix" : "pmatrix";
    List<String> rows = new ArrayList<>();
    for (List<Expr> row : matrix.rows()) {
      rows.add(String.join(" & ", row.stream().map(this::write).toList()));
    }
    return "\\begin{" + name + "}" + String.join(" \\\\ ", rows) + "\\end{" + name + "}";
  }

  private String chain(Expr.Chain chain) {
    StringBuilder text = new StringBuilder(write(chain.first()));
    for (int i = 0; i < chain.relations().size(); i++) {
      String sign =
          switch (chain.relations().get(i)) {
            case EQUAL -> "=";
            case NOT_EQUAL -> coin() ? "\\ne " : "\\neq ";
            case LESS -> coin() ? "<" : "\\lt ";
            case LESS_EQUAL -> coin() ? "\\le " : "≤";
            case GREATER -> coin() ? ">" : "\\gt ";
            case GREATER_EQUAL -> coin() ? "\\geq " : "≥";
            case IN -> "\\in ";
            default -> throw new IllegalArgumentException("not written: " + chain);
          };
      text.append(' ').append(sign).append(' ').append(write(chain.sides().get(i + 1)));
    }
    return text.toString();
  }

  private String call(Expr.Call call) {
    List<String> args = call.args().stream().map(this::write).toList();
    return switch (call.op()) {
      case PLUS -> sum(call);
      case NEGATE -> "-" + bracketed(args.get(0));
      case TIMES -> times(args);
      case DIVIDE ->
          latex
              ? frac() + "{" + args.get(0) + "}{" + args.get(1) + "}"
              : "(" + args.get(0) + ")/(" + args.get(1) + ")";
      case POWER -> "(" + args.get(0) + ")^{" + args.get(1) + "}";
      case ROOT -> root(call, args);
      case PLUS_MINUS, MINUS_PLUS -> plusMinus(call, args);
      case PERCENT -> args.get(0) + "\\%";
      case ABS -> coin() ? "|" + args.get(0) + "|" : "\\lvert " + args.get(0) + "\\rvert ";
      case FACTORIAL -> "(" + args.get(0) + ")!";
      case BINOMIAL -> "\\binom{" + args.get(0) + "}{" + args.get(1) + "}";
      case BASE -> plain(call.arg(0)) + "_{" + plain(call.arg(1)) + "}";
      case RATIO -> String.join(" : ", args);
      case UNION -> args.get(1) + " \\cup " + args.get(0);
      case INTERSECTION -> args.get(1) + " \\cap " + args.get(0);
      case LOG ->
          args.size() == 1
              ? "\\ln(" + args.get(0) + ")"
              : "\\log_{" + args.get(1) + "}(" + args.get(0) + ")";
      default -> {
        if (!call.op().elementary()) {
          throw new IllegalArgumentException("not written: " + call);
        }
        String name = call.op().name().toLowerCase(java.util.Locale.ROOT);
        yield (latex ? "\\" : "") + name + "(" + args.get(0) + ")";
      }
    };
  }

  private static String plain(Expr expr) {
    return expr instanceof Expr.Name name ? name.name() : "";
  }

  private String sum(Expr.Call call) {
    List<Expr> addends = new ArrayList<>(call.args());
    Collections.shuffle(addends, random);
    StringBuilder text = new StringBuilder();
    for (Expr addend : addends) {
      boolean minus = addend instanceof Expr.Call part && part.op() == Op.NEGATE;
      String written =
          minus ? bracketed(write(((Expr.Call) addend).arg(0))) : bracketed(write(addend));
      text.append(minus ? (coin() ? " - " : "-") : text.isEmpty() ? "" : " + ").append(written);
    }
    return text.toString();
  }

  private String times(List<String> args) {
    String sign = latex ? (coin() ? " \\cdot " : " \\times ") : "*";
    boolean turned = coin();
    return bracketed(args.get(turned ? 1 : 0)) + sign + bracketed(args.get(turned ? 0 : 1));
  }

  private String root(Expr.Call call, List<String> args) {
    if (call.arg(1).equals(Expr.Num.of(2))) {
      return coin() ? "\\sqrt{" + args.get(0) + "}" : "sqrt(" + args.get(0) + ")";
    }
    return coin()
        ? "\\sqrt[" + args.get(1) + "]{" + args.get(0) + "}"
        : "(" + args.get(0) + ")^{1/(" + args.get(1) + ")}";
  }

  private static String plusMinus(Expr.Call call, List<String> args) {
    String sign = call.op() == Op.PLUS_MINUS ? " \\pm " : " \\mp ";
    return args.size() == 1 ? sign + args.get(0) : args.get(0) + sign + bracketed(args.get(1));
  }

  private static String bracketed(String text) {
    boolean plain = text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '.');
    return plain ? text : "(" + text + ")";
  }
}
