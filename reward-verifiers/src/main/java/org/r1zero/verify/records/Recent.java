package org.r1zero.verify.records;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map that forgets what was asked for longest ago, so that it stays small in a long run. */
public final class Recent<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;
  private final int most;

  /** Keeps so many entries at most. */
  public Recent(int most) {
    super(16, 0.75f, true);
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > most;
  }
}
