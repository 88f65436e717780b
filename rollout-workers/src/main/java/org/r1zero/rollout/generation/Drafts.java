package org.r1zero.rollout.generation;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Guesses what sequences draw next: what followed the same three tokens before, in a sequence
 * itself or in others of its prompt (prompt lookup decoding, Saxena 2023). A guess is kept only
 * where it is what the seed draws, so that results don't depend on it. One lane's, for one call.
 */
final class Drafts {
  /** Tokens of a step with drafts: more take longer, as measured, than what they save. */
  static final int MOST_ROWS = 8;

  private static final int CONTEXT = 3;
  private static final int TOKEN_BITS = 21;
  private static final int[] NONE = {};

  private final int most;
  private final Map<Integer, Group> groups = new HashMap<>();

  /**
   * Guesses nothing yet.
   *
   * @param most tokens of a sequence that are guessed at once; 0 for none at all
   */
  Drafts(int most) {
    this.most = most;
  }

  /** Tokens that a step of so many sequences has at most. */
  int mostTokens(int sequences) {
    return most > 0 ? Math.max(sequences, MOST_ROWS) : sequences;
  }

  /** What each sequence may draw next; empty where nothing is known or many sequences run. */
  int[][] next(List<Sequence> running) {
    int[][] guesses = new int[running.size()][];
    int each = Math.min(most, MOST_ROWS / running.size() - 1);
    for (int i = 0; i < guesses.length; i++) {
      Sequence sequence = running.get(i);
      int room = Math.min(each, sequence.room() - 1);
      guesses[i] = room > 0 ? group(sequence).next(sequence, room) : NONE;
    }
    return guesses;
  }

  /**
   * A sequence ends; its text is still looked into while others of its prompt are to be sampled.
   */
  void ended(Sequence sequence, int groupSize) {
    if (most > 0 && group(sequence).ended(sequence) == groupSize) {
      groups.remove(sequence.request());
    }
  }

  private Group group(Sequence sequence) {
    return groups.computeIfAbsent(sequence.request(), request -> new Group());
  }

  /** Where a text goes on. */
  private record Place(Sequence text, int position) {}

  /** The sequences of one prompt, with the newest place after each three tokens of their texts. */
  private static final class Group {
    private final Map<Long, Place> places = new HashMap<>();
    private final Map<Sequence, Integer> read = new LinkedHashMap<>();
    private int ended;

    int ended(Sequence sequence) {
      read.putIfAbsent(sequence, first(sequence));
      return ++ended;
    }

    /** The prompt is read once. */
    private int first(Sequence sequence) {
      return read.isEmpty() ? CONTEXT : Math.max(CONTEXT, sequence.promptLength());
    }

    int[] next(Sequence sequence, int room) {
      read.putIfAbsent(sequence, first(sequence));
      read.replaceAll(this::read);
      int end = sequence.textLength();
      Place place = end < CONTEXT ? null : places.get(context(sequence, end));
      return place == null ? NONE : from(place, room);
    }

    private int read(Sequence text, int from) {
      int end = text.textLength();
      for (int position = from; position < end; position++) {
        places.put(context(text, position), new Place(text, position));
      }
      return Math.max(from, end);
    }

    private static int[] from(Place place, int room) {
      int[] guess = new int[Math.min(room, place.text().textLength() - place.position())];
      for (int i = 0; i < guess.length; i++) {
        guess[i] = place.text().textAt(place.position() + i);
      }
      return guess;
    }

    /** The tokens before a position. */
    private static long context(Sequence text, int position) {
      long key = 0;
      for (int i = position - CONTEXT; i < position; i++) {
        key = key << TOKEN_BITS | text.textAt(i);
      }
      return key;
    }
  }
}
