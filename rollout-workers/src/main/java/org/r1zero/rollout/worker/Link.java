package org.r1zero.rollout.worker;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a learner, to another one or to who collects their sums. Who does not know the
 * secret of the update gets none. What it carries is not encrypted.
 */
final class Link implements AutoCloseable {
  private static final int BUFFER = 4 * LongVector.PIECE;
  private static final int GREETING_MILLIS = 5000;
  private static final int CONNECT_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final Duration limit;
  private int rank;
  private final AtomicLong sent = new AtomicLong();

  private Link(Socket socket, Duration limit) throws IOException {
    this.socket = socket;
    this.limit = limit;
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
  }

  /**
   * Connects.
   *
   * @param address host and port
   * @param rank of this learner
   * @param limit how long the other side may be silent
   */
  static Link to(String address, byte[] secret, int rank, Duration limit) throws IOException {
    int colon = address.lastIndexOf(':');
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          Math.min(CONNECT_MILLIS, millis(limit)));
      Link link = new Link(socket, limit);
      socket.setSoTimeout(millis(limit));
      link.out.write(secret);
      link.out.writeInt(rank);
      link.out.flush(); // no answer is waited for: in a ring all connect before anybody accepts
      return link;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw new IOException("no connection to " + address + ": " + e.getMessage(), e);
    }
  }

  /**
   * Hears who has connected.
   *
   * @return null where that is somebody who does not know the secret, whose socket is closed
   */
  static @Nullable Link from(Socket socket, byte[] secret, Duration limit) {
    try {
      Link link = new Link(socket, limit);
      socket.setSoTimeout(GREETING_MILLIS);
      byte[] said = link.in.readNBytes(secret.length);
      if (MessageDigest.isEqual(said, secret)) {
        link.rank = link.in.readInt();
        socket.setSoTimeout(millis(limit));
        return link;
      }
    } catch (IOException e) {
      // somebody else, or one who has gone
    }
    Door.closeQuietly(socket);
    return null;
  }

  private static int millis(Duration limit) {
    return (int) Math.min(limit.toMillis(), Integer.MAX_VALUE);
  }

  /** Of the learner that connected. */
  int rank() {
    return rank;
  }

  /** Numbers sent so far, for another thread to see. */
  long sent() {
    return sent.get();
  }

  /** Sends the numbers of a vector from one place up to another. */
  void send(LongVector vector, long from, long to) throws IOException {
    vector.send(from, to, out, sent::addAndGet);
    out.flush();
  }

  /** Receives as many numbers. */
  void receive(long from, long to, LongVector.Taker taker) throws IOException {
    try {
      LongVector.receive(from, to, in, taker);
    } catch (EOFException e) {
      throw new IOException("learner " + rank + " was lost", e);
    } catch (SocketTimeoutException e) {
      throw new IOException("learner " + rank + " sent nothing for " + limit.toSeconds() + " s", e);
    }
  }

  /** Sends texts, each of at most 65,535 bytes. */
  void tell(List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      out.writeUTF(text);
    }
    out.flush();
  }

  /** Receives texts, however long that takes. */
  List<String> told() throws IOException {
    socket.setSoTimeout(0);
    List<String> texts = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      texts.add(in.readUTF());
    }
    socket.setSoTimeout(millis(limit));
    return texts;
  }

  void send(long number) throws IOException {
    out.writeLong(number);
    out.flush();
  }

  long receive() throws IOException {
    return in.readLong();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }
}
