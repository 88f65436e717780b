package org.r1zero.rollout.worker;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Those who connect to a port that is not for them, and stay. */
final class Strangers implements AutoCloseable {
  private final List<Socket> sockets = new ArrayList<>();

  /** One says nothing, one a wrong secret, one much garbage, one half of the secret; some leave. */
  void visit(String address, byte[] secret) throws IOException {
    byte[] wrong = secret.clone();
    wrong[wrong.length - 1] ^= 1;
    byte[] garbage = new byte[100_000];
    new Random(3).nextBytes(garbage);
    byte[] half = Arrays.copyOf(secret, secret.length / 2);
    for (byte[] said : List.of(new byte[0], wrong, garbage, half, secret)) {
      say(address, said);
      say(address, said).shutdownOutput();
      say(address, said).close();
    }
  }

  private Socket say(String address, byte[] what) throws IOException {
    int colon = address.lastIndexOf(':');
    Socket socket =
        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    sockets.add(socket);
    try {
      socket.getOutputStream().write(what);
    } catch (IOException e) {
      // whoever hears the beginning of it may hang up
    }
    return socket;
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
