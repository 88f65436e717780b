package org.r1zero.experiment.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.r1zero.grpo.faults.Faults;

/**
 * An MLflow server that a run is logged to while it goes on. User name, password or token are read
 * from MLflow's own variables of the environment ({@code MLFLOW_TRACKING_USERNAME}, {@code
 * MLFLOW_TRACKING_PASSWORD}, {@code MLFLOW_TRACKING_TOKEN}), never from a recipe.
 *
 * @param trackingUri the server's address, such as {@code http://127.0.0.1:5000}; empty for none
 * @param experimentName the experiment, made where it does not exist
 * @param logArtifacts whether the recipe, the manifest and the files of metrics and evaluations are
 *     uploaded at the end
 */
public record MlflowConfig(String trackingUri, String experimentName, boolean logArtifacts) {

  /** Checks what can be checked without the server; all faults are named at once. */
  public MlflowConfig {
    Faults faults = new Faults();
    faults.require(
        trackingUri.isEmpty() || isServer(trackingUri),
        "tracking_uri",
        "must be an address such as http://127.0.0.1:5000, was "
            + trackingUri
            + " (for a folder or a database start a server on it: mlflow server"
            + " --backend-store-uri sqlite:///mlflow.db)");
    faults.require(!experimentName.isBlank(), "experiment_name", "must be a name, was empty");
    faults.check();
  }

  private static boolean isServer(String address) {
    try {
      URI uri = new URI(address);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Whether a server is named. */
  public boolean isOn() {
    return !trackingUri.isEmpty();
  }

  /** None. */
  public static MlflowConfig defaults() {
    return new MlflowConfig("", "r1zero", true);
  }
}
