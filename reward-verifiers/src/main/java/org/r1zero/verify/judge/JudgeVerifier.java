package org.r1zero.verify.judge;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Completion;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.format.ReasoningFormat;
import org.r1zero.verify.format.TagScanner;

/**
 * A verifier that asks a model for a score by a rubric, over any OpenAI-compatible endpoint.
 *
 * <p>The completion is delimited by a mark that it can't contain, and the judge's reply must be
 * exactly one JSON object with a score in the range, so that nothing that a completion says changes
 * how the score is read. The same content is asked once. An endpoint that fails, or a reply without
 * a score, is an {@link Outcome#ERROR} or a {@link Outcome#TIMEOUT}, never a verdict.
 */
public final class JudgeVerifier implements Verifier {

  private final JudgeConfig config;
  private final JudgeEndpoint endpoint;
  private final JudgeCache cache;
  private final TagScanner scanner = new TagScanner(ReasoningFormat.DEFAULT);
  private final Map<String, CompletableFuture<JudgeReply>> asking = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable String> trial = new AtomicReference<>();

  /**
   * Asks nothing yet.
   *
   * @throws IllegalArgumentException if the cache's file can't be used
   */
  public JudgeVerifier(JudgeConfig config) {
    this.config = config;
    this.endpoint = new JudgeEndpoint(config);
    this.cache = new JudgeCache(config.cache(), config.range());
  }

  @Override
  public String id() {
    return "judge";
  }

  @Override
  public ScoreRange range() {
    return config.range();
  }

  /**
   * Asks about the first problem's reference answer, so that a wrong address, key or model shows
   * before anything is sampled. An endpoint that fails is not asked again about the others: each of
   * thousands would wait for all attempts.
   */
  @Override
  public void check(Problem problem) {
    String fault = trial.get();
    if (fault == null) {
      Verdict verdict = judge(problem, problem.gold());
      fault = verdict.outcome().isFailure() ? verdict.reason() : "";
      trial.set(fault);
    }
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException("verifier 'judge': " + fault);
    }
  }

  @Override
  public Verdict verify(Problem problem, Completion completion) {
    if (completion.truncated()) {
      return Verdict.truncated(range().min());
    }
    if (config.part() == JudgeConfig.Part.COMPLETION) {
      return judge(problem, completion.text());
    }
    Optional<String> answer = scanner.lastAnswer(completion.text());
    return answer.isPresent()
        ? judge(problem, answer.get())
        : new Verdict(range().min(), Outcome.UNPARSEABLE, "no answer tags");
  }

  private Verdict judge(Problem problem, String text) {
    JudgeRequest request = JudgeRequest.of(config, problem, text);
    try {
      JudgeReply reply = ask(request);
      double score = reply.score();
      Outcome outcome =
          score >= config.correctAt()
              ? Outcome.CORRECT
              : score <= range().min() ? Outcome.INCORRECT : Outcome.PARTIAL;
      return new Verdict(score, outcome, reply.reason());
    } catch (JudgeException e) {
      Outcome outcome = e.isTimeout() ? Outcome.TIMEOUT : Outcome.ERROR;
      return new Verdict(failureScore(), outcome, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Verdict(failureScore(), Outcome.ERROR, "interrupted while waiting for the judge");
    }
  }

  /** Of several threads with the same content one asks, the others wait for its answer. */
  private JudgeReply ask(JudgeRequest request) throws JudgeException, InterruptedException {
    CompletableFuture<JudgeReply> mine = new CompletableFuture<>();
    CompletableFuture<JudgeReply> others = asking.putIfAbsent(request.key(), mine);
    if (others != null) {
      try {
        return others.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof JudgeException failure) {
          throw failure;
        }
        throw new JudgeException("the same text failed: " + e.getCause(), true, false);
      }
    }
    try {
      Optional<JudgeReply> known = cache.find(request.key());
      JudgeReply reply = known.isPresent() ? known.get() : endpoint.ask(request);
      if (known.isEmpty()) {
        cache.keep(request.key(), reply);
      }
      mine.complete(reply);
      return reply;
    } catch (JudgeException | InterruptedException | RuntimeException e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      asking.remove(request.key());
    }
  }
}
