package org.r1zero.verify.math.symja;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.matheclipse.core.eval.EvalEngine;
import org.matheclipse.core.eval.ExprEvaluator;
import org.matheclipse.core.expression.F;
import org.matheclipse.core.interfaces.IExpr;

/**
 * The program of a {@link SymjaProcess} worker: reads {@code limit TAB expression} lines and says
 * for each whether the expression is zero. It ends with its input, and where an evaluation would
 * not stop.
 */
public final class SymjaWorker {

  /** What it says when it can be asked. */
  static final String READY = "READY";

  private static final String DIGITS = "50";
  private static final double ZERO = 1e-40;
  private static final double NOT_ZERO = 1e-30;
  private static final long STOP_MILLIS = 300;
  private static final long STACK_BYTES = 64L << 20;

  /** Sample values: fractions whose sums and products are not special. */
  private static final int[][] SAMPLES = {
    {7, 5, 11, 9, 13, 8, 17, 12, 19, 14, 23, 15},
    {3, 11, 5, 13, 9, 17, 15, 19, 2, 7, 21, 23},
    {31, 17, 37, 19, 41, 23, 43, 29, 47, 18, 53, 21}
  };

  private static final Pattern VARIABLE = Pattern.compile("\\bv\\d+\\b");

  private SymjaWorker() {}

  /** Answers questions until there are no more. */
  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream replies =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    F.await();
    ExprEvaluator evaluator = new ExprEvaluator(true, (short) 0);
    evaluator.eval("Simplify(Sin(x)^2+Cos(x)^2-1)");
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    replies.println(READY);
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      int tab = line.indexOf('\t');
      Evaluation evaluation = new Evaluation(evaluator, line.substring(tab + 1));
      evaluation.run(Long.parseLong(line.substring(0, tab)));
      replies.println(evaluation.answer);
      if (evaluation.stuck) {
        Runtime.getRuntime().halt(0);
      }
    }
  }

  /** One question, worked on in a thread of its own. */
  private static final class Evaluation {
    private final ExprEvaluator evaluator;
    private final String expression;
    private volatile SymbolicEngine.Answer answer = SymbolicEngine.Answer.UNKNOWN;
    private volatile boolean stuck;

    Evaluation(ExprEvaluator evaluator, String expression) {
      this.evaluator = evaluator;
      this.expression = expression;
    }

    void run(long limitMillis) throws InterruptedException {
      Thread thread = new Thread(null, this::evaluate, "evaluation", STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
      thread.join(limitMillis);
      if (thread.isAlive()) {
        evaluator.getEvalEngine().stopRequest();
        thread.interrupt();
        thread.join(STOP_MILLIS);
        answer = SymbolicEngine.Answer.TIMEOUT;
        stuck = thread.isAlive();
      }
    }

    // Whatever Symja throws on strange input, an error included, means that it can't tell.
    private void evaluate() {
      SymbolicEngine.Answer found = SymbolicEngine.Answer.UNKNOWN;
      try {
        EvalEngine.set(evaluator.getEvalEngine());
        found = isZero();
      } catch (Exception | StackOverflowError e) {
        found = SymbolicEngine.Answer.UNKNOWN;
      } catch (OutOfMemoryError e) {
        stuck = true;
      }
      answer = found;
    }

    private SymbolicEngine.Answer isZero() {
      SymbolicEngine.Answer numeric = numerically();
      if (numeric != SymbolicEngine.Answer.UNKNOWN) {
        return numeric;
      }
      IExpr simplified = evaluator.eval("Simplify(" + expression + ")");
      if (simplified.isZero()) {
        return SymbolicEngine.Answer.ZERO;
      }
      return simplified.isNumber() ? SymbolicEngine.Answer.NOT_ZERO : SymbolicEngine.Answer.UNKNOWN;
    }

    /** By numbers of fifty digits at sample points. */
    private SymbolicEngine.Answer numerically() {
      SortedSet<String> variables = new TreeSet<>();
      Matcher matcher = VARIABLE.matcher(expression);
      while (matcher.find()) {
        variables.add(matcher.group());
      }
      for (int[] samples : SAMPLES) {
        StringBuilder rules = new StringBuilder();
        int at = 0;
        for (String variable : variables) {
          rules.append(at == 0 ? "" : ",").append(variable).append("->");
          rules
              .append(samples[at % samples.length])
              .append('/')
              .append(samples[(at + 1) % samples.length]);
          at += 2;
        }
        Double size = size("N((" + expression + ")/.{" + rules + "}," + DIGITS + ")");
        if (size == null || Double.isNaN(size)) {
          return SymbolicEngine.Answer.UNKNOWN;
        }
        if (size > NOT_ZERO) {
          return SymbolicEngine.Answer.NOT_ZERO;
        }
        if (size > ZERO) {
          return SymbolicEngine.Answer.UNKNOWN;
        }
      }
      return SymbolicEngine.Answer.ZERO;
    }

    private @Nullable Double size(String number) {
      IExpr value = evaluator.eval("Abs(" + number + ")");
      return value.isNumber() ? value.evalf() : null;
    }
  }
}
