package org.r1zero.grpo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.r1zero.grpo.advantage.GroupRelative;
import org.r1zero.grpo.advantage.GroupRewards;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.DppoSurrogate;
import org.r1zero.grpo.loss.ImportanceCorrection;
import org.r1zero.grpo.loss.ImportanceLevel;
import org.r1zero.grpo.loss.KlEstimator;
import org.r1zero.grpo.loss.LossInputs;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.optim.OptimizerConfig;

/** A case of make_loss_goldens.py: TRL's options and batch as ours. */
final class TrlCase {
  static final int LIMIT = 12;
  private final JsonNode json;
  final GrpoConfig config;
  private final List<Rollout> rollouts = new ArrayList<>();
  final List<Sample> samples;

  TrlCase(JsonNode json, AdvantageConfig advantage, ImportanceLevel level) {
    this.json = json;
    this.config = config(json.get("options"), advantage, level);
    this.samples = withAdvantages(samples());
  }

  static TrlCase ofGrpo(JsonNode json) {
    JsonNode o = json.get("options");
    AdvantageConfig advantage =
        new AdvantageConfig(
            AdvantageConfig.Estimator.GRPO,
            AdvantageConfig.MultiObjectiveAggregation.valueOf(
                upper(o, "multi_objective_aggregation", "SUM_THEN_NORMALIZE")),
            false,
            false);
    return new TrlCase(
        json, advantage, ImportanceLevel.valueOf(upper(o, "importance_sampling_level", "TOKEN")));
  }

  static TrlCase ofRloo(JsonNode json) {
    JsonNode o = json.get("options");
    AdvantageConfig advantage =
        new AdvantageConfig(
            AdvantageConfig.Estimator.RLOO,
            AdvantageConfig.MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
            o.get("normalize_advantages").asBoolean(),
            o.get("beta").asDouble() > 0);
    return new TrlCase(json, advantage, ImportanceLevel.TRAJECTORY);
  }

  private static GrpoConfig config(
      JsonNode o, AdvantageConfig advantage, ImportanceLevel importanceLevel) {
    LossConfig loss =
        new LossConfig(
            LossType.valueOf(upper(o, "loss_type", "GRPO")),
            importanceLevel,
            o.get("epsilon").asDouble(),
            nullable(o, "epsilon_high"),
            nullable(o, "delta"),
            o.path("beta").asDouble(0),
            KlEstimator.K3,
            o.path("use_bias_correction_kl").asBoolean(false),
            o.path("top_entropy_quantile").asDouble(1),
            o.path("sapo_temperature_pos").asDouble(1),
            o.path("sapo_temperature_neg").asDouble(1.05),
            o.path("vespo_k_pos").asDouble(2),
            o.path("vespo_lambda_pos").asDouble(3),
            o.path("vespo_k_neg").asDouble(3),
            o.path("vespo_lambda_neg").asDouble(2),
            DppoSurrogate.Divergence.BINARY_TV,
            20,
            2e-4,
            1,
            5,
            2e-4,
            1,
            0);
    String vllm = "vllm_importance_sampling_";
    OffPolicyConfig offPolicy =
        new OffPolicyConfig(
            OffPolicyConfig.OldLogProbs.TRAINER,
            o.path(vllm + "correction").asBoolean(false),
            ImportanceCorrection.Mode.valueOf(upper(o, vllm + "mode", "SEQUENCE_MASK")),
            o.has(vllm + "clip_max") ? nullable(o, vllm + "clip_max") : Double.valueOf(3),
            nullable(o, vllm + "clip_min"),
            nullable(o, "off_policy_mask_threshold"),
            null,
            null,
            0);
    EntropyConfig entropy =
        new EntropyConfig(
            o.path("entropy_coef").asDouble(0),
            o.path("use_adaptive_entropy").asBoolean(false),
            0,
            o.path("entropy_coef_max").asDouble(1),
            o.path("entropy_coef_delta").asDouble(0.005),
            o.path("entropy_target").asDouble(0.2));
    return new GrpoConfig(
        1,
        8,
        8,
        1,
        1,
        1000,
        false,
        GroupRelative.Scale.valueOf(upper(o, "scale_rewards", "GROUP")),
        o.path("mask_truncated_completions").asBoolean(false),
        advantage,
        loss,
        entropy,
        offPolicy,
        ReferenceConfig.defaults(),
        OptimizerConfig.defaults());
  }

  private List<Sample> samples() {
    List<Sample> all = new ArrayList<>();
    List<Double> weights = weights();
    for (int i = 0; i < json.get("lengths").size(); i++) {
      int length = json.get("lengths").get(i).asInt();
      double[] scores = doubles(json.get("rewards").get(i));
      double reward = 0;
      for (int k = 0; k < scores.length; k++) {
        reward += Double.isNaN(scores[k]) ? 0 : weights.get(k) * scores[k];
      }
      boolean truncated = json.get("truncated").get(i).asBoolean();
      float[] sampling = floats(json.get("sampling").get(i));
      Rollout rollout = new Rollout(new int[length], sampling, reward, scores, truncated, 0);
      rollouts.add(rollout);
      boolean masked = config.maskTruncatedCompletions() && truncated;
      all.add(
          Sample.of(new int[] {1}, rollout, 0)
              .withMask(masked ? new boolean[length] : null)
              .withLogProbs(
                  json.get("with_old").asBoolean() ? floats(json.get("old").get(i)) : null,
                  config.usesReference() ? floats(json.get("reference").get(i)) : null));
    }
    return all;
  }

  private List<Sample> withAdvantages(List<Sample> plain) {
    int size = json.get("group").asInt();
    double klCoef = config.advantage().useKlInReward() ? config.loss().beta() : 0;
    List<GroupRewards> groups = new ArrayList<>();
    for (int from = 0; from < plain.size(); from += size) {
      groups.add(
          SamplePreparation.rewards(
              rollouts.subList(from, from + size), plain.subList(from, from + size), klCoef));
    }
    List<double[]> advantages = config.toEstimator(weights()).estimate(groups);
    List<Sample> all = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      all.add(plain.get(i).withAdvantages(advantages.get(i / size)[i % size]));
    }
    return all;
  }

  private List<Double> weights() {
    JsonNode given = json.get("options").path("reward_weights");
    int count = json.get("rewards").get(0).size();
    List<Double> weights = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      weights.add(given.isMissingNode() ? 1.0 : given.get(k).asDouble());
    }
    return weights;
  }

  /** The loss's inputs for some rows of one of the batch's updates. */
  LossInputs inputs(JsonNode rows, JsonNode update, double entropyCoef) {
    List<Sample> ofUpdate = new ArrayList<>();
    update.forEach(part -> part.get("rows").forEach(r -> ofUpdate.add(samples.get(r.asInt()))));
    long all = samples.stream().mapToLong(Sample::countedTokens).sum();
    UpdateSize size =
        new UpdateSize(
            ofUpdate.size(),
            ofUpdate.stream().mapToLong(Sample::countedTokens).sum(),
            Math.max(1.0, (double) all) / json.get("updates").size());
    List<Sample> part = new ArrayList<>();
    List<JsonNode> current = new ArrayList<>();
    List<JsonNode> entropies = new ArrayList<>();
    for (JsonNode row : rows) {
      part.add(samples.get(row.asInt()));
      current.add(json.get("current").get(row.asInt()));
      entropies.add(json.get("entropies").get(row.asInt()));
    }
    return new LossInputs(size, part, flat(current), flat(entropies), LIMIT, entropyCoef);
  }

  static float[] flat(Iterable<JsonNode> rows) {
    List<Float> values = new ArrayList<>();
    rows.forEach(row -> row.forEach(v -> values.add((float) v.asDouble())));
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  private static float[] floats(JsonNode row) {
    float[] values = new float[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i).isNull() ? Float.NaN : (float) row.get(i).asDouble();
    }
    return values;
  }

  static double[] doubles(JsonNode row) {
    return StreamSupport.stream(row.spliterator(), false)
        .mapToDouble(v -> v.isNull() ? Double.NaN : v.asDouble())
        .toArray();
  }

  private static String upper(JsonNode options, String name, String otherwise) {
    return options.path(name).asText(otherwise).toUpperCase(Locale.ROOT);
  }

  private static @Nullable Double nullable(JsonNode options, String name) {
    return options.path(name).isNumber() ? options.get(name).asDouble() : null;
  }
}
