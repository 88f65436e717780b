package org.r1zero.grpo.model.tokenizer.jinja;

/**
 * What one rendering may cost: a template is a program that came with a model, and loops, macros
 * and filters within one another need no end. Each step costs 1, and so does each character or item
 * that is made.
 *
 * <p>It belongs to the thread that renders, so that values count what is made of them wherever that
 * happens.
 */
final class Budget {
  /** Some seconds and about a hundred megabytes; a chat of a million characters needs a tenth. */
  static final long MOST = 64_000_000;

  /** What a character costs as a text of its own. */
  static final int ITEM = 16;

  /** Characters that are looked at for the price of a step. */
  private static final int LOOKED_AT = 64;

  private static final ThreadLocal<Budget> CURRENT = ThreadLocal.withInitial(Budget::new);
  private long left = MOST;

  private Budget() {}

  /** Begins a rendering on this thread. */
  static void begin() {
    CURRENT.set(new Budget());
  }

  /** Ends it. */
  static void end() {
    CURRENT.remove();
  }

  /**
   * Takes a cost off, before the memory for it is taken.
   *
   * @throws JinjaException if nothing is left
   */
  static void spend(long cost) {
    Budget budget = CURRENT.get();
    budget.left -= cost;
    if (cost > MOST || budget.left < 0) {
      throw new JinjaException(
          String.format(
              "it takes more than %,d steps and characters: it loops or grows without end", MOST));
    }
  }

  /** Takes off what it costs to look through a text. */
  static void look(String text) {
    spend(1 + text.length() / LOOKED_AT);
  }
}
