package org.r1zero.verify.math;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verdicts a second on one core for easy answers: numbers, fractions and short formulas of our own
 * cases, half of them right, each at the end of a reasoning of 700 characters.
 *
 * <p>It writes the answers to {@code target/math-easy.jsonl}, which {@code
 * tools/bench/math_verify_throughput.py} judges by Math-Verify.
 */
@Tag("long")
class MathThroughputTest {

  private static final Logger LOG = LoggerFactory.getLogger(MathThroughputTest.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int WANTED = 20_000;
  private static final long WARM_UP_NANOS = 8_000_000_000L;
  private static final long MEASURED_NANOS = 5_000_000_000L;

  private record Task(Problem problem, Completion completion) {}

  @Test
  void judgesTwentyThousandEasyAnswersASecond() throws Exception {
    Verifier verifier = new MathVerifier.Provider().create(JsonNodeFactory.instance.objectNode());
    List<Task> tasks = tasks();
    write(tasks);
    run(verifier, tasks, WARM_UP_NANOS);

    double perSecond = run(verifier, tasks, MEASURED_NANOS);

    LOG.info("{} different answers, {} verdicts a second", tasks.size(), Math.round(perSecond));
    assertThat(perSecond).isGreaterThan(WANTED);
  }

  private static double run(Verifier verifier, List<Task> tasks, long nanos) {
    // The thread's own time, so that other work on the machine does not count.
    long start = THREADS.getCurrentThreadCpuTime();
    long judged = 0;
    double score = 0;
    while (THREADS.getCurrentThreadCpuTime() - start < nanos) {
      for (Task task : tasks) {
        score += verifier.verify(task.problem(), task.completion()).score();
      }
      judged += tasks.size();
    }
    double seconds = (THREADS.getCurrentThreadCpuTime() - start) / 1e9;
    assertThat(score / judged).as("share of right answers").isBetween(0.45, 0.6);
    return judged / seconds;
  }

  private static List<Task> tasks() {
    List<String> golds =
        OtherNotationTest.ourGolds().stream().filter(MathThroughputTest::isEasy).toList();
    String reasoning = "Let us go on step by step, x = 3 + 4. ".repeat(18);
    Random random = new Random(5);
    List<Task> tasks = new ArrayList<>();
    for (String gold : golds) {
      for (int sample = 0; sample < 8; sample++) {
        String answer = sample % 2 == 0 ? gold : golds.get(random.nextInt(golds.size()));
        String text = "<think>" + reasoning + "</think> The answer is $\\boxed{" + answer + "}$.";
        tasks.add(new Task(new Problem("p", "", gold), Completion.of(text)));
      }
    }
    return tasks;
  }

  /** A number, a fraction, a tuple or a polynomial: no functions, which may need Symja. */
  private static boolean isEasy(String gold) {
    return gold.length() <= 25 && gold.matches("[-\\d.,()/+^{}xyz ]*(?:\\\\frac[-\\d{}]*)?");
  }

  private static void write(List<Task> tasks) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (Task task : tasks) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("gold", task.problem().gold());
      node.put("completion", task.completion().text());
      lines.append(node).append('\n');
    }
    Files.writeString(Path.of("target", "math-easy.jsonl"), lines, StandardCharsets.UTF_8);
  }
}
