package org.r1zero.experiment.metrics;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.r1zero.grpo.StepReport;
import org.r1zero.rollout.generation.SamplingStatus;

/**
 * A run's numbers for Prometheus: how far sampling is, live, and the metrics of the last finished
 * step as {@code r1zero_step_metric{name="..."}} under the names of metrics.jsonl.
 */
public final class MetricsEndpoint implements AutoCloseable {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MultiGauge stepMetrics;
  private final HttpServer server;
  private volatile SamplingStatus status =
      new SamplingStatus(0, 0, 0, 0, SamplingStatus.Cache.NONE, 0, 0);
  private volatile long samplingStep = -1;
  private volatile double tokensPerSecond;
  private volatile long stepsDone;
  private final SamplingRate rate = new SamplingRate();

  /**
   * Opens the endpoint on the loopback address.
   *
   * @param port 0 takes a free one
   * @throws IOException if the port is taken
   */
  public MetricsEndpoint(int port) throws IOException {
    gauge(
        "r1zero.rollouts.finished", "sequences of this round that are complete", s -> s.finished());
    gauge("r1zero.rollouts.running", "sequences that are being decoded", s -> s.running());
    gauge("r1zero.rollouts.waiting", "sequences that have not begun", s -> s.waiting());
    gauge("r1zero.rollouts.tokens", "tokens sampled in this round", s -> s.tokens());
    gauge("r1zero.rollouts.tokens.per.second", "of this round so far", s -> tokensPerSecond);
    gauge("r1zero.rollouts.step", "the step that will train them, from 1", s -> samplingStep + 1);
    gauge(
        "r1zero.rollouts.cache.used.bytes",
        "keys and values in rows of running sequences",
        s -> s.cache().usedBytes());
    gauge(
        "r1zero.rollouts.cache.held.bytes",
        "keys and values in all rows of workers that are sampling",
        s -> s.cache().heldBytes());
    gauge("r1zero.workers.alive", "rollout workers at work", s -> s.workers());
    gauge("r1zero.workers.replaced", "rollout workers that died or hung", s -> s.replaced());
    gauge("r1zero.steps.done", "finished training steps", s -> stepsDone);
    stepMetrics =
        MultiGauge.builder("r1zero.step.metric")
            .description("metrics of the last finished step")
            .register(registry);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/metrics",
        exchange -> {
          try (exchange) {
            String host = exchange.getRequestHeaders().getFirst("Host");
            if (!RequestHost.isOurs(host, "localhost")) {
              exchange.sendResponseHeaders(403, -1);
              return;
            }
            byte[] text = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", TYPE);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
          }
        });
    server.start();
  }

  private void gauge(String name, String description, ToDoubleFunction<SamplingStatus> value) {
    Gauge.builder(name, this, endpoint -> value.applyAsDouble(endpoint.status))
        .description(description)
        .register(registry);
  }

  /** Where it is. */
  public String address() {
    InetSocketAddress bound = server.getAddress();
    return "http://" + bound.getAddress().getHostAddress() + ":" + bound.getPort() + "/metrics";
  }

  /** Takes over how far sampling is. */
  public synchronized void sampling(long step, SamplingStatus now) {
    long time = System.nanoTime();
    rate.update(step, now.tokens(), time);
    samplingStep = step;
    tokensPerSecond = rate.perSecond(time);
    status = now;
  }

  /** Takes over a step's metrics. */
  public void stepFinished(StepReport report) {
    stepsDone = report.step() + 1;
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (Map.Entry<String, Double> metric : report.metrics().entrySet()) {
      rows.add(MultiGauge.Row.of(Tags.of("name", metric.getKey()), metric.getValue()));
    }
    stepMetrics.register(rows, true);
  }

  @Override
  public void close() {
    server.stop(0);
    registry.close();
  }
}
