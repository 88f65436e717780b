package org.r1zero.verify.external;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A verifier as a program, in its own JVM: right is what contains "right"; it can misbehave. */
final class SampleProgram {

  private SampleProgram() {}

  /** The command that starts it. */
  static List<String> command(String mode) {
    try {
      Path classes =
          Path.of(SampleProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      return List.of(
          java,
          "-Xshare:auto",
          "-XX:TieredStopAtLevel=1",
          "-cp",
          classes.toString(),
          SampleProgram.class.getName(),
          mode);
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (args[0].equals("deaf")) {
      TimeUnit.HOURS.sleep(1);
    }
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (args[0].equals("late") && !line.contains("\"request\":1}")) {
        System.out.println("{\"request\": 1, \"score\": 0.5}");
      }
      answer(args[0], line);
      System.out.flush();
    }
  }

  private static void answer(String mode, String line) throws InterruptedException {
    if (line.contains("\"completion\":\"crash")) {
      System.err.println("Traceback: no such rule");
      System.exit(3);
    } else if (line.contains("\"completion\":\"hang")) {
      TimeUnit.HOURS.sleep(1);
    } else if (line.contains("\"completion\":\"flood")) {
      while (true) {
        System.out.print("flood ");
      }
    } else if (line.contains("\"completion\":\"say ")) {
      int start = line.indexOf("say ") + 4;
      String said = line.substring(start, line.indexOf("\",\"tokens\"")).replace("\\\"", "\"");
      System.out.println(said);
    } else if (List.of("stutters", "late", "forgetful").contains(mode)) {
      boolean first = line.contains("\"request\":1}");
      System.out.println(
          first || !mode.equals("forgetful") ? "{\"request\": 1, \"score\": 1}" : "{\"score\": 1}");
      if (mode.equals("stutters")) {
        System.out.println("{\"request\": 1, \"score\": 0.5}");
      }
    } else if (mode.equals("chatty")) {
      System.out.println("{\"score\": " + (line.contains("right") ? 1 : 0) + "}");
      System.out.println("{\"score\": 0.5, \"reason\": \"left over\"}");
    } else {
      System.out.println(
          line.contains("right\"")
              ? "{\"score\": 1, \"reason\": \"is right\", \"parts\": {\"length\": 5}}"
              : "{\"score\": 0}");
    }
  }
}
