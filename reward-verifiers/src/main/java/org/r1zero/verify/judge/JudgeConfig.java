package org.r1zero.verify.judge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.ScoreRange;

/**
 * How a judge is asked.
 *
 * @param url where it answers chat completions
 * @param key sent as bearer token; {@code null} for none. It is in no text that this class makes.
 * @param request the fields of each request besides the messages: the model, the temperature, …
 * @param rubric what the judge goes by
 * @param part what of a completion it sees
 * @param range the scores that it may give
 * @param correctAt the score from which a completion is correct
 * @param timeout the longest time for one answer
 * @param attempts how often a completion is tried before it counts as failed
 * @param backoff the wait after the first failed attempt, doubled after each further one
 * @param perMinute most requests per minute; 0 for any number
 * @param cache a file that keeps answers from one run to the next; {@code null} for none
 */
public record JudgeConfig(
    URI url,
    @Nullable String key,
    ObjectNode request,
    String rubric,
    Part part,
    ScoreRange range,
    double correctAt,
    Duration timeout,
    int attempts,
    Duration backoff,
    int perMinute,
    @Nullable Path cache) {

  /** What of a completion the judge sees. */
  public enum Part {
    /** All of it. */
    COMPLETION,
    /** What stands in the answer tags. */
    ANSWER
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "judge " + request.path("model").asText() + " at " + url;
  }
}
