package org.r1zero.experiment.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.r1zero.experiment.config.ConfigException;
import org.r1zero.experiment.metrics.RequestHost;
import org.r1zero.grpo.files.Resources;
import org.slf4j.LoggerFactory;

/**
 * Serves the page and what runs say. Only a fixed set of files is served; model output travels as
 * JSON and the page shows it as text, never as markup; a content security policy forbids scripts
 * that are not the page's own. A request whose {@code Host} is another name than the server's is
 * refused, so that no web page can read runs through the browser (DNS rebinding).
 */
public final class DashboardServer implements AutoCloseable {
  private static final String WEB = "/org/r1zero/web/";
  private static final int MOST_LISTENERS = 64;
  private static final Map<String, List<String>> FILES =
      Map.of(
          "/", List.of(WEB + "dashboard.html", "text/html; charset=utf-8"),
          "/style.css", List.of(WEB + "style.css", "text/css; charset=utf-8"),
          "/charts.js", List.of(WEB + "charts.js", "text/javascript; charset=utf-8"),
          "/dashboard.js", List.of(WEB + "dashboard.js", "text/javascript; charset=utf-8"),
          "/chart.js",
              List.of(
                  "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js",
                  "text/javascript; charset=utf-8"));

  private final RunFeed feed;
  private final String host;
  private final Javalin server;
  private final Set<PageListener> listeners = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "dashboard-clock");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> telling;
  private volatile String last = "";

  /**
   * Starts serving.
   *
   * @param runs a folder with run directories, at any depth up to 6
   * @param host the address to listen on, such as {@code 127.0.0.1}
   * @param port 0 for any free one
   */
  public DashboardServer(Path runs, String host, int port) throws IOException {
    if (!Files.isDirectory(runs)) {
      throw new ConfigException(
          runs.toString(), List.of("is not a folder; name one that holds run directories"));
    }
    this.feed = new RunFeed(runs);
    this.host = host;
    requireFree(host, port);
    this.server = Javalin.create(this::configure).start(host, port);
    this.telling = clock.scheduleWithFixedDelay(this::tell, 1, 1, TimeUnit.SECONDS);
  }

  /** Asked before the server is, which would log its own words first. */
  private static void requireFree(String host, int port) {
    if (port < 0 || port > 65_535) {
      throw new ConfigException("--port", List.of("must be within 0 and 65535, was " + port));
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (UnknownHostException e) {
      throw new ConfigException(
          "--host", List.of(host + " is not an address of this machine; 127.0.0.1 always is"));
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("assign requested address")) {
        throw new ConfigException(
            "--host", List.of(host + " is not an address of this machine; 127.0.0.1 always is"));
      }
      throw new ConfigException(
          "--port",
          List.of(
              "can't listen on "
                  + host
                  + ":"
                  + port
                  + " ("
                  + e.getMessage()
                  + "): another program may have it; name another port, or 0 for any free one"));
    }
  }

  /** Where the page is. */
  public String address() {
    return "http://" + host + ":" + server.port() + "/";
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.routes.before(this::guard);
    for (String path : FILES.keySet()) {
      config.routes.get(path, context -> file(context, path));
    }
    config.routes.get("/api/runs", context -> json(context, feed.list()));
    config.routes.get(
        "/api/metrics", context -> json(context, feed.metrics(text(context, "run", ""))));
    config.routes.get(
        "/api/rollouts",
        context -> json(context, feed.rollouts(text(context, "run", ""), filter(context))));
    config.routes.get("/api/about", context -> json(context, feed.about(text(context, "run", ""))));
    config.routes.sse("/api/events", this::listen);
    config.routes.exception(
        NumberFormatException.class,
        (fault, context) -> context.status(400).result("a number was expected"));
    config.routes.exception(
        Exception.class,
        (fault, context) -> {
          LoggerFactory.getLogger(DashboardServer.class)
              .warn("{} can't be answered: {}", context.path(), fault.toString());
          context.status(500).result("this run's files can't be read; the terminal says why");
        });
  }

  private void guard(Context context) {
    context.header(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
            + " data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Referrer-Policy", "no-referrer");
    if (!RequestHost.isOurs(context.header("Host"), host)) {
      context.status(403).result("this server is not " + host).skipRemainingHandlers();
    }
  }

  private static void file(Context context, String path) {
    List<String> file = FILES.getOrDefault(path, List.of("", ""));
    context.contentType(file.get(1)).result(Resources.bytes(DashboardServer.class, file.get(0)));
  }

  private static void json(Context context, @Nullable JsonNode node) {
    if (node == null) {
      context.status(404).result("there is no such run");
    } else {
      context.contentType("application/json; charset=utf-8").result(node.toString());
    }
  }

  private static RunFeed.Filter filter(Context context) {
    return new RunFeed.Filter(
        Long.parseLong(text(context, "step", "1")),
        text(context, "verdict", ""),
        Double.parseDouble(text(context, "min", "-1e300")),
        Double.parseDouble(text(context, "max", "1e300")),
        text(context, "text", ""),
        Integer.parseInt(text(context, "page", "1")));
  }

  private static String text(Context context, String name, String otherwise) {
    String value = context.queryParam(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  private void listen(SseClient client) {
    if (listeners.size() >= MOST_LISTENERS) {
      client.close();
      return;
    }
    client.keepAlive();
    PageListener listener = new PageListener(client);
    client.onClose(
        () -> {
          listeners.remove(listener);
          listener.close();
        });
    listeners.add(listener);
    listener.tell(last);
  }

  /** Tells all pages what runs there are, where that changed. */
  private void tell() {
    if (listeners.isEmpty()) {
      return;
    }
    try {
      String now = feed.list().toString();
      if (!now.equals(last)) {
        last = now;
        listeners.forEach(listener -> listener.tell(now));
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      LoggerFactory.getLogger(DashboardServer.class)
          .warn("the runs can't be listed: {}", e.toString());
    }
  }

  @Override
  public void close() {
    telling.cancel(true);
    clock.shutdownNow();
    listeners.forEach(PageListener::close);
    server.stop();
  }
}
