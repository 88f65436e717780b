package org.r1zero.verify.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.r1zero.verify.Completion;
import org.r1zero.verify.OptionReader;
import org.r1zero.verify.Outcome;
import org.r1zero.verify.Problem;
import org.r1zero.verify.ScoreRange;
import org.r1zero.verify.Verdict;
import org.r1zero.verify.Verifier;
import org.r1zero.verify.VerifierProvider;
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

  /**
   * Makes {@link JudgeVerifier}s; options {@code url}, {@code model} and {@code rubric} (needed),
   * {@code api_key_env} (the name of an environment variable), {@code request} (more fields of the
   * request), {@code part} (completion, answer), {@code min} and {@code max} (default 0 and 10),
   * {@code correct_at} (default {@code max}), {@code timeout_seconds} (default 30), {@code
   * attempts} (default 4), {@code backoff_seconds} (default 1), {@code requests_per_minute}
   * (default 0: any number) and {@code cache} (a file).
   */
  public static final class Provider implements VerifierProvider {

    private static final double LARGEST = 1e6;
    private static final double LONGEST = 3600;
    private static final String PATH = "/chat/completions";
    private static final List<String> OWN = List.of("messages", "model", "stream", "n");

    private final UnaryOperator<@Nullable String> environment;

    /** Takes keys from this process's environment. */
    public Provider() {
      this(System::getenv);
    }

    Provider(UnaryOperator<@Nullable String> environment) {
      this.environment = environment;
    }

    @Override
    public String id() {
      return "judge";
    }

    @Override
    public String description() {
      return "a model as judge with a rubric, over any OpenAI-compatible endpoint";
    }

    @Override
    public Verifier create(JsonNode node) {
      OptionReader options = OptionReader.of("verifier 'judge'", node);
      URI url = url(options);
      String model = options.text("model", "");
      String rubric = options.text("rubric", "");
      String key = key(options);
      JsonNode more = options.node("request");
      JudgeConfig.Part part = options.choice("part", JudgeConfig.Part.COMPLETION);
      double min = options.number("min", 0, -LARGEST, LARGEST);
      double max = options.number("max", 10, -LARGEST, LARGEST);
      double correctAt = options.number("correct_at", max, -LARGEST, LARGEST);
      Duration timeout = options.seconds("timeout_seconds", 30, 0.001, LONGEST);
      int attempts = options.integer("attempts", 4, 1, 100);
      Duration backoff = options.seconds("backoff_seconds", 1, 0, LONGEST);
      int perMinute = options.integer("requests_per_minute", 0, 0, 1_000_000);
      String cache = options.text("cache", ".");
      if (model.isEmpty()) {
        options.fault("option 'model' must name the judge, as its server knows it");
      }
      if (rubric.isEmpty()) {
        options.fault("option 'rubric' must say what is judged, and what each score means");
      }
      if (!(min < correctAt && correctAt <= max)) {
        options.fault("options need min < correct_at <= max");
      }
      ObjectNode request = JsonNodeFactory.instance.objectNode();
      request.put("model", model);
      request.put("temperature", 0);
      if (more instanceof ObjectNode object) {
        OWN.stream()
            .filter(object::has)
            .forEach(name -> options.fault("option 'request' must not have " + name));
        request.setAll(object);
      } else if (!more.isMissingNode()) {
        options.fault("option 'request' must be a mapping, was " + more);
      }
      options.finish();
      return new JudgeVerifier(
          new JudgeConfig(
              url,
              key,
              request,
              rubric,
              part,
              new ScoreRange(min, max),
              correctAt,
              timeout,
              attempts,
              backoff,
              perMinute,
              cache.equals(".") ? null : Path.of(cache)));
    }

    /** Never says what it found: a key may stand in the wrong place. */
    private @Nullable String key(OptionReader options) {
      JsonNode node = options.node("api_key_env");
      if (node.isMissingNode()) {
        return null;
      }
      String wanted = "option 'api_key_env' must be the name of an environment variable";
      if (!node.isTextual() || !node.textValue().matches("[A-Za-z_][A-Za-z0-9_]*")) {
        options.fault(wanted + " that has the key, such as JUDGE_API_KEY, not the key itself");
        return null;
      }
      String key = environment.apply(node.textValue());
      if (key == null || key.isBlank()) {
        options.fault(wanted + "; the one that it names is not set");
        return null;
      }
      if (!key.strip().chars().allMatch(c -> c > ' ' && c < 127)) {
        options.fault(wanted + "; the one that it names has characters that no key has");
      }
      return key.strip();
    }

    private static URI url(OptionReader options) {
      String text = options.text("url", "");
      String wanted =
          "option 'url' must be the address of an OpenAI-compatible endpoint, such as"
              + " http://127.0.0.1:8080/v1";
      try {
        URI url = new URI(text);
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (url.getHost() != null && List.of("http", "https").contains(scheme)) {
          if (url.getRawUserInfo() != null) {
            options.fault("option 'url' must have no password; use api_key_env");
            return url;
          }
          String path = url.getRawPath().replaceFirst("/+$", "");
          String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
          return new URI(
              scheme
                  + "://"
                  + url.getRawAuthority()
                  + (path.endsWith(PATH) ? path : path + PATH)
                  + query);
        }
      } catch (URISyntaxException e) {
        // said below
      }
      options.fault(wanted);
      return URI.create("http://127.0.0.1");
    }
  }
}
