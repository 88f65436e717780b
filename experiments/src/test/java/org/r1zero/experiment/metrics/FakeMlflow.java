package org.r1zero.experiment.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * As much of an MLflow server as a run needs, with its rules: limits of log-batch, parameters that
 * can't be changed, names of allowed characters. What is against them is answered as MLflow does
 * it.
 */
public final class FakeMlflow implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpServer server;

  /** Runs by their ids. */
  public final Map<String, ARun> runs = new ConcurrentSkipListMap<>();

  /** Experiments' names by their ids. */
  final Map<String, String> experiments = new ConcurrentSkipListMap<>();

  /** Each request's method and path. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  final List<String> authorizations = new CopyOnWriteArrayList<>();

  /** Milliseconds before each answer. */
  volatile long delay;

  /** Refuses everything with this status where it is above 0. */
  volatile int refuses;

  /** What of a request is refused besides: a word of its path or body. */
  volatile String refusedWord = "";

  /** With which status it is refused. */
  volatile int refusedWith = 413;

  /** Where artefacts are said to be. */
  volatile String artifacts = "mlflow-artifacts:/";

  /** A run. */
  public static final class ARun {
    public final Map<String, String> params = new ConcurrentSkipListMap<>();
    public final Map<String, String> tags = new ConcurrentSkipListMap<>();
    public final Map<String, byte[]> artifacts = new ConcurrentSkipListMap<>();

    /** By name: step and value, in the order of arrival. */
    public final Map<String, List<Map.Entry<Long, Double>>> metrics = new TreeMap<>();

    public volatile String status = "RUNNING";
    public volatile String name = "";
    volatile String experiment = "";

    /** The steps of a metric, as they arrived. */
    public List<Long> steps(String metric) {
      synchronized (metrics) {
        return metrics.getOrDefault(metric, List.of()).stream().map(Map.Entry::getKey).toList();
      }
    }
  }

  public FakeMlflow(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  public String address() {
    return "http://127.0.0.1:" + port();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** The one run. */
  public ARun run() {
    if (runs.size() != 1) {
      throw new AssertionError("one run was expected, there are " + runs.keySet());
    }
    return runs.values().iterator().next();
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    requests.add(exchange.getRequestMethod() + " " + path);
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization != null) {
      authorizations.add(authorization);
    }
    Thread.sleep(delay);
    int status = 200;
    JsonNode answer;
    try {
      if (refuses > 0) {
        throw new Refusal(refuses, "no");
      }
      String request = path + " " + new String(body, StandardCharsets.UTF_8);
      if (!refusedWord.isEmpty() && request.contains(refusedWord)) {
        throw new Refusal(refusedWith, "not this");
      }
      answer = answer(exchange.getRequestMethod(), path, exchange.getRequestURI().getQuery(), body);
    } catch (Refusal e) {
      status = e.status;
      answer = JSON.createObjectNode().put("error_code", "X").put("message", e.getMessage());
    }
    byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;

    Refusal(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private JsonNode answer(String method, String path, String query, byte[] body)
      throws IOException {
    String api = "/api/2.0/mlflow/";
    String files = "/api/2.0/mlflow-artifacts/artifacts/";
    if (method.equals("PUT") && path.startsWith(files)) {
      String[] parts =
          path.substring(files.length()).split("/", -1); // experiment/run/artifacts/name
      run(parts[1]).artifacts.put(parts[3], body);
      return JSON.createObjectNode();
    }
    if (!path.startsWith(api)) {
      throw new Refusal(404, "no such endpoint " + path);
    }
    JsonNode in = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
    return switch (method + " " + path.substring(api.length())) {
      case "GET experiments/get-by-name" -> byName(value(query));
      case "POST experiments/create" -> created(in.path("name").asText());
      case "POST runs/create" -> begun(in);
      case "GET runs/get" -> shown(value(query));
      case "POST runs/update" -> updated(in);
      case "POST runs/log-batch" -> logged(in);
      default -> throw new Refusal(404, "no such endpoint " + path);
    };
  }

  private static String value(String query) {
    return URLDecoder.decode(query.substring(query.indexOf('=') + 1), StandardCharsets.UTF_8);
  }

  private JsonNode byName(String name) {
    for (Map.Entry<String, String> one : experiments.entrySet()) {
      if (one.getValue().equals(name)) {
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("experiment").put("experiment_id", one.getKey()).put("name", name);
        return answer;
      }
    }
    throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST");
  }

  private JsonNode created(String name) {
    String id = String.valueOf(experiments.size() + 1);
    experiments.put(id, name);
    return JSON.createObjectNode().put("experiment_id", id);
  }

  private JsonNode begun(JsonNode in) {
    ARun run = new ARun();
    run.name = in.path("run_name").asText();
    run.experiment = in.path("experiment_id").asText();
    if (!experiments.containsKey(run.experiment) || in.path("start_time").asLong() == 0) {
      throw new Refusal(400, "no experiment, or no time");
    }
    in.path("tags").forEach(t -> run.tags.put(t.path("key").asText(), t.path("value").asText()));
    String id = "run" + (runs.size() + 1);
    runs.put(id, run);
    return shown(id);
  }

  private ARun run(String id) {
    ARun run = runs.get(id);
    if (run == null) {
      throw new Refusal(404, "no run " + id);
    }
    return run;
  }

  private JsonNode shown(String id) {
    ARun run = run(id);
    ObjectNode answer = JSON.createObjectNode();
    ObjectNode shown = answer.putObject("run");
    shown
        .putObject("info")
        .put("run_id", id)
        .put("lifecycle_stage", "active")
        .put("status", run.status)
        .put("artifact_uri", artifacts + run.experiment + "/" + id + "/artifacts");
    synchronized (run.metrics) {
      run.metrics.forEach(
          (key, values) ->
              shown
                  .withObject("/data")
                  .withArray("/metrics")
                  .addObject()
                  .put("key", key)
                  .put("step", values.stream().mapToLong(Map.Entry::getKey).max().orElse(0)));
    }
    return answer;
  }

  private JsonNode updated(JsonNode in) {
    run(in.path("run_id").asText()).status = in.path("status").asText();
    return JSON.createObjectNode();
  }

  private JsonNode logged(JsonNode in) {
    ARun run = run(in.path("run_id").asText());
    int metrics = in.path("metrics").size();
    int params = in.path("params").size();
    int tags = in.path("tags").size();
    if (metrics > 1000 || params > 100 || tags > 100 || metrics + params + tags > 1000) {
      throw new Refusal(400, "A batch logging request can contain at most 1000 metrics");
    }
    for (JsonNode param : in.path("params")) {
      String key = key(param);
      String value = param.path("value").asText();
      String before = run.params.putIfAbsent(key, value);
      if (value.length() > 500 || (before != null && !before.equals(value))) {
        throw new Refusal(400, "Changing param values is not allowed: " + key);
      }
    }
    for (JsonNode metric : in.path("metrics")) {
      String key = key(metric);
      if (!metric.path("value").isNumber() || !metric.path("timestamp").isIntegralNumber()) {
        throw new Refusal(400, "Invalid value for metric " + key);
      }
      synchronized (run.metrics) {
        run.metrics
            .computeIfAbsent(key, k -> new ArrayList<>())
            .add(Map.entry(metric.path("step").asLong(), metric.path("value").doubleValue()));
      }
    }
    return JSON.createObjectNode();
  }

  private static String key(JsonNode entry) {
    String key = entry.path("key").asText();
    if (!key.matches("[/\\w.\\- :]{1,250}")) {
      throw new Refusal(400, "Invalid name: " + key);
    }
    return key;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
