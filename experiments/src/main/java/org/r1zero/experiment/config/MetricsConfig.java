package org.r1zero.experiment.config;

/**
 * Where else a run's numbers can be read.
 *
 * @param prometheusPort the port of an HTTP endpoint {@code /metrics} in Prometheus' text format,
 *     on this machine's own address only; 0 takes a free port, -1 opens none
 * @param mlflow an MLflow server that the run is logged to
 */
public record MetricsConfig(int prometheusPort, MlflowConfig mlflow) {

  /** Checks the range. */
  public MetricsConfig {
    if (prometheusPort < -1 || prometheusPort > 65535) {
      throw new IllegalArgumentException(
          "prometheus_port must be in [0, 65535], or -1 for none, was "
              + prometheusPort
              + " (0 takes a free port)");
    }
  }

  /** None. */
  public static MetricsConfig defaults() {
    return new MetricsConfig(-1, MlflowConfig.defaults());
  }
}
