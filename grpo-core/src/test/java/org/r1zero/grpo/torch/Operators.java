package org.r1zero.grpo.torch;

import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The operators of libtorch that a piece of work calls, by its own profiler. */
public final class Operators {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Operators() {}

  /**
   * One call.
   *
   * @param number of the call
   * @param name such as {@code aten::mul}
   * @param start microseconds
   * @param end microseconds
   */
  private record Call(int number, String name, double start, double end) {
    private boolean isWithin(Call other) {
      return number != other.number && other.start <= start && end <= other.end;
    }
  }

  /** What only looks at memory or gets some, or leaves the work to what it calls. */
  private static final Set<String> NO_KERNEL =
      Set.of(
          "view",
          "slice",
          "narrow",
          "is_floating_point",
          "select",
          "transpose",
          "t",
          "unsqueeze",
          "squeeze",
          "expand",
          "expand_as",
          "as_strided",
          "permute",
          "reshape",
          "flatten",
          "_reshape_alias",
          "_unsafe_view",
          "alias",
          "detach",
          "to",
          "contiguous",
          "resize_",
          "resolve_conj",
          "resolve_neg",
          "empty",
          "empty_like",
          "empty_strided",
          "new_empty");

  /**
   * The calls of {@code work} on this thread that would launch a kernel each on a GPU: those that
   * compute or copy, and call no others that do.
   */
  public static List<String> kernels(Runnable work) throws IOException {
    List<Call> computing =
        profile(work).stream()
            .filter(call -> call.name().startsWith("aten::"))
            .filter(call -> !NO_KERNEL.contains(call.name().substring("aten::".length())))
            .toList();
    return computing.stream()
        .filter(call -> computing.stream().noneMatch(other -> other.isWithin(call)))
        .map(Call::name)
        .toList();
  }

  private static List<Call> profile(Runnable work) throws IOException {
    Path file = Files.createTempFile("profile", ".json");
    JniUtils.startProfile(false, false, false);
    try {
      work.run();
    } finally {
      JniUtils.stopProfile(file.toString());
    }
    List<Call> calls = new ArrayList<>();
    JsonNode trace = JSON.readTree(file.toFile());
    for (JsonNode event : trace.isArray() ? trace : trace.path("traceEvents")) {
      double start = event.path("ts").asDouble();
      calls.add(
          new Call(
              calls.size(),
              event.path("name").asText(),
              start,
              start + event.path("dur").asDouble()));
    }
    Files.delete(file);
    return calls;
  }
}
