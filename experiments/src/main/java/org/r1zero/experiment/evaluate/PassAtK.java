package org.r1zero.experiment.evaluate;

/** The unbiased estimate of pass@k. */
public final class PassAtK {
  private PassAtK() {}

  /**
   * The chance that at least one of k samples is right, from n samples of which c are right: {@code
   * 1 - C(n-c, k) / C(n, k)}, Chen et al. (arXiv:2107.03374), equation 1.
   *
   * @throws IllegalArgumentException if k exceeds n
   */
  public static double estimate(int n, int c, int k) {
    if (k < 1 || k > n || c < 0 || c > n) {
      throw new IllegalArgumentException(
          "pass@k needs 1 <= k <= n and 0 <= c <= n; had n " + n + ", c " + c + ", k " + k);
    }
    if (n - c < k) {
      return 1;
    }
    double allWrong = 1;
    for (int i = n - c + 1; i <= n; i++) {
      allWrong *= 1 - (double) k / i;
    }
    return 1 - allWrong;
  }
}
