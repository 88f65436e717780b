package org.r1zero.verify.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A chat completions endpoint on this machine. It gives 10 to a text between the marks that has a
 * 42, otherwise 0; or it answers what it was told to.
 */
final class JudgeServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MARKED = Pattern.compile("(?s)lines <<<(\\w+) and \\1>>>");

  private static final int KEPT = 50;

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // otherwise 40 ms per answer
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<JsonNode> requests = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();
  private final Deque<Prepared> prepared = new ArrayDeque<>();
  private @Nullable String said;
  private int delay;
  private int delayBody;
  private int retryAfter;

  private record Prepared(int status, String body) {}

  JudgeServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  synchronized List<JsonNode> requests() {
    return List.copyOf(requests);
  }

  synchronized List<String> paths() {
    return List.copyOf(paths);
  }

  synchronized List<String> keys() {
    return List.copyOf(keys);
  }

  /** What the next request is answered with. */
  synchronized JudgeServer answer(int status, String body) {
    prepared.add(new Prepared(status, body));
    return this;
  }

  /** What the judge says to all further requests; {@code null}: what it thinks. */
  synchronized void say(@Nullable String text) {
    said = text;
  }

  synchronized JudgeServer delay(int millis) {
    delay = millis;
    return this;
  }

  synchronized JudgeServer delayBody(int millis) {
    delayBody = millis;
    return this;
  }

  synchronized JudgeServer retryAfter(int seconds) {
    retryAfter = seconds;
    return this;
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
    Prepared answer;
    int before;
    int inBetween;
    synchronized (this) {
      if (requests.size() < KEPT) {
        requests.add(request);
        paths.add(exchange.getRequestURI().getPath());
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      }
      answer = prepared.isEmpty() ? new Prepared(200, completion(request)) : prepared.remove();
      before = delay;
      inBetween = delayBody;
      if (retryAfter > 0) {
        exchange.getResponseHeaders().add("Retry-After", String.valueOf(retryAfter));
      }
    }
    try (exchange) {
      sleep(before);
      byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
      int first = inBetween == 0 ? body.length : body.length / 2;
      exchange.getResponseBody().write(body, 0, first);
      exchange.getResponseBody().flush();
      sleep(inBetween);
      exchange.getResponseBody().write(body, first, body.length - first);
    }
  }

  private static void sleep(int millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private String completion(JsonNode request) {
    Matcher mark = MARKED.matcher(request.at("/messages/0/content").asText());
    if (!mark.find()) {
      throw new AssertionError("no marks: " + request);
    }
    String user = request.at("/messages/1/content").asText();
    String begin = "<<<" + mark.group(1) + "\n";
    String end = "\n" + mark.group(1) + ">>>";
    int from = user.indexOf(begin) + begin.length();
    int to = user.indexOf(end, from - 1);
    String text = user.substring(from, Math.max(from, to));
    boolean once = user.indexOf(end, to + 1) < 0 && user.indexOf(begin, from) < 0;
    int score = once && text.contains("42") ? 10 : 0;
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode choice = answer.putArray("choices").addObject();
    choice.put("finish_reason", "stop");
    choice
        .putObject("message")
        .put("role", "assistant")
        .put("content", said == null ? "{\"reason\": \"seen\", \"score\": " + score + "}" : said);
    return answer.toString();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
