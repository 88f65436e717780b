package org.r1zero.verify.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.Verdict;

/** Programs that read standard input and write standard output, in Python and in Java. */
@Tag("slow")
class ProgramTest {

  private static final Problem SUM =
      CodeProblems.program("1 2\n", "3\n", "10 -4\n", "6", "0 0", "0\n");

  private static final Problem JAVA_SUM =
      CodeProblems.json(
          """
          {"language": "java",
           "tests": [{"input": "1 2\\n", "output": "3\\n"}, {"input": "10 -4\\n", "output": "6\\n"}]}
          """);

  private static CodeVerifier verifier;
  private static CodeVerifier sharing;

  @BeforeAll
  static void open() {
    verifier = new CodeVerifier(CodeConfig.DEFAULT);
    sharing = new CodeVerifier(CodeConfig.DEFAULT.withScoring(Scoring.SHARE));
  }

  @AfterAll
  static void close() {
    verifier.close();
    sharing.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a, b = map(int, input().split())\nprint(a + b)",
        "import sys\nprint(sum(int(x) for x in sys.stdin.read().split()))",
        "import sys\nsys.stdout.write(str(sum(map(int, sys.stdin.readline().split()))))",
        "import sys\nprint(eval('+'.join(next(sys.stdin).split())))\nsys.exit(0)",
        "import os\nos.write(1, b'%d\\n\\n' % sum(map(int, os.read(0, 99).split())))",
        "def main():\n  print(sum(map(int, input().split())))\nif __name__ == '__main__':\n  main()",
        """
        import sys, threading
        sys.setrecursionlimit(1 << 25)
        threading.stack_size(64 << 20)
        def down(n, v): return v if n == 0 else down(n - 1, v)
        def main():
            a, b = map(int, input().split())
            print(down(20000, a + b))
        threading.Thread(target=main).start()
        """,
        "import sys\nfor line in open(0):\n  print(sum(map(int, line.split())))",
        "import atexit\natexit.register(lambda: print(s))\ns = sum(map(int, input().split()))",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', "
            + "'print(sum(map(int, input().split())))'])",
      })
  void passesPythonHoweverItReadsAndWrites(String code) {
    Verdict verdict = judge(verifier, SUM, "python", code);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.CORRECT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a, b = map(int, input().split())\nprint(a - b)",
        "print(3)",
        "print(input())",
        "a, b = map(int, input().split())\nprint(a + b, 'x')",
        "a, b = map(int, input().split())\nprint(a + b)\nprint()\nprint(0)",
        "a, b = map(int, input().split())\nprint(a + b)\nraise ValueError",
        "a, b = map(int, input().split())\nprint(a + b)\nexit(1)",
        "a = int(input())\nprint(a)",
      })
  void failsPythonThatIsWrong(String code) {
    Verdict verdict = judge(verifier, SUM, "python", code);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.INCORRECT);
    assertThat(verdict.score()).isZero();
  }

  @Test
  void saysWhatWentWrong() {
    assertThat(judge(verifier, SUM, "python", "print(3)").reason())
        .isEqualTo("test 2: expected 6, printed 3");
    assertThat(judge(verifier, SUM, "python", "print(1/0)").reason())
        .isEqualTo("test 1: exit code 1, ZeroDivisionError: division by zero");
    assertThat(judge(verifier, SUM, "python", "print('x' * 2000000)").reason())
        .isEqualTo("test 1: the output is too long");
  }

  @Test
  void sharesByTestsPassedAndGoesOnAfterALostWorker() {
    Verdict verdict =
        judge(
            sharing,
            SUM,
            "python",
            "import os\na, b = map(int, input().split())\n"
                + "if a == 10: os.kill(os.getppid(), 9)\nprint(a + b)");
    assertThat(verdict.score()).isEqualTo(2.0 / 3);
    assertThat(verdict.outcome()).isEqualTo(Outcome.PARTIAL);
    Verdict slow =
        judge(
            sharing,
            SUM,
            "python",
            "a, b = map(int, input().split())\nwhile a == b: pass\nprint(a + b)");
    assertThat(slow.outcome()).isEqualTo(Outcome.TIMEOUT);
    assertThat(slow.score()).isEqualTo(2.0 / 3);
    assertThat(judge(sharing, SUM, "python", "print(").outcome()).isEqualTo(Outcome.UNPARSEABLE);
  }

  @Test
  void runsDoNotSeeEachOther() {
    Problem twice = CodeProblems.program("", "1", "", "1"); // program.py
    String code = "import os\nprint(len(os.listdir('.')))\nopen('left', 'w').close()";
    // the folder is the sandbox's, and lives as long as the program: a file may be seen again
    assertThat(judge(verifier, twice, "python", code).reason()).contains("test 2");
    twice = CodeProblems.program("", "0", "", "0");
    String memory = "import sys\nprint(hasattr(sys, 'left') + 0)\nsys.left = 1";
    assertThat(judge(verifier, twice, "python", memory).score()).isEqualTo(1);
    assertThat(judge(verifier, twice, "python", memory).score()).isEqualTo(1);
  }

  @Test
  void passesJava() {
    String code =
        """
        import java.util.Scanner;

        public class Sum {
          static int add(int a, int b) { return a + b; }
          public static void main(String[] args) {
            Scanner in = new Scanner(System.in);
            System.out.println(add(in.nextInt(), in.nextInt()));
          }
        }
        """;
    Verdict verdict = judge(verifier, JAVA_SUM, "java", code);
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.CORRECT);
    Verdict inPackage = judge(verifier, JAVA_SUM, "java", "package a.b;\n" + code);
    assertThat(inPackage.outcome()).as("%s", inPackage).isEqualTo(Outcome.CORRECT);
  }

  @Test
  void failsJavaThatIsWrongDoesNotCompileOrExits() {
    String head = "class A { public static void main(String[] a) throws Exception { ";
    Verdict wrong = judge(verifier, JAVA_SUM, "java", head + "System.out.println(3); } }");
    assertThat(wrong.outcome()).as("%s", wrong).isEqualTo(Outcome.INCORRECT);
    assertThat(wrong.reason()).isEqualTo("test 2: expected 6, printed 3");
    Verdict broken = judge(verifier, JAVA_SUM, "java", head + "System.out.println(x); } }");
    assertThat(broken.outcome()).as("%s", broken).isEqualTo(Outcome.UNPARSEABLE);
    assertThat(judge(verifier, JAVA_SUM, "java", "int x = 3;").outcome())
        .isEqualTo(Outcome.UNPARSEABLE);
    Verdict exit = judge(verifier, JAVA_SUM, "java", head + "System.exit(0); } }");
    assertThat(exit.outcome()).as("%s", exit).isEqualTo(Outcome.INCORRECT);
    Verdict reach =
        judge(
            verifier,
            JAVA_SUM,
            "java",
            head
                + "try { new java.net.Socket(\"1.1.1.1\", 53); System.out.println(3); }"
                + " catch (java.io.IOException e) { System.out.println(\"none\"); } } }");
    assertThat(reach.reason()).isEqualTo("test 1: expected 3, printed none");
  }

  @Test
  void stopsJavaThatDoesNotEnd() {
    Verdict verdict =
        judge(
            verifier,
            JAVA_SUM,
            "java",
            "class A { public static void main(String[] a) { while (true) { } } }");
    assertThat(verdict.outcome()).as("%s", verdict).isEqualTo(Outcome.TIMEOUT);
  }

  @Test
  void refusesTestCodeInJava() {
    Problem problem = CodeProblems.json("{\"language\": \"java\", \"tests\": \"assert true;\"}");
    assertThatThrownBy(() -> judge(verifier, problem, "java", "class A {}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("judged by tests of input and output");
  }

  private static Verdict judge(CodeVerifier verifier, Problem problem, String fence, String code) {
    return verifier.verify(
        problem, Completion.of("So:\n```" + fence + "\n" + code + "\n```\nThat is all."));
  }
}
