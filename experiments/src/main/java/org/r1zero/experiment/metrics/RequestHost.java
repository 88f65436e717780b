package org.r1zero.experiment.metrics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request means this server: one whose {@code Host} is another name is refused, so that
 * no web page can read a local server through the browser (DNS rebinding).
 */
public final class RequestHost {
  private RequestHost() {}

  /**
   * Whether a header names the server.
   *
   * @param header the request's {@code Host}
   * @param host the address that the server listens on
   */
  public static boolean isOurs(@Nullable String header, String host) {
    String asked = String.valueOf(header).replaceAll(":\\d+$", "");
    boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
    return everywhere || List.of(host, "localhost", "127.0.0.1", "[::1]").contains(asked);
  }
}
