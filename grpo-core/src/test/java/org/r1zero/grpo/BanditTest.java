package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.r1zero.grpo.advantage.AdvantageEstimator;
import org.r1zero.grpo.advantage.GroupRewards;
import org.r1zero.grpo.advantage.LeaveOneOut;
import org.r1zero.grpo.data.Rollout;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.ClippedSurrogate;
import org.r1zero.grpo.loss.LossInputs;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.TokenAggregation;
import org.r1zero.grpo.loss.UpdateSize;
import org.r1zero.grpo.model.Parameter;
import org.r1zero.grpo.model.PolicyModel;
import org.r1zero.grpo.model.TestModels;
import org.r1zero.grpo.model.TokenBatch;
import org.r1zero.grpo.model.TokenLogProbs;
import org.r1zero.grpo.torch.Scope;
import org.r1zero.grpo.torch.Torch;

/**
 * The bandit: a policy that says one token, whose reward is known for every token. The gradient of
 * the expected reward is {@code sum over tokens of p * (r - mean) * grad log p}, exactly.
 */
class BanditTest {
  private static final int[] PROMPT = {5, 6, 7};
  private static final double TEMPERATURE = 0.8;
  private PolicyModel policy;
  private int vocabulary;
  private double[] probabilities;

  @BeforeEach
  void makePolicy() {
    policy = TestModels.random(1);
    vocabulary = TestModels.CONFIG.vocabSize();
    probabilities = new double[vocabulary];
    try (Scope scope = Torch.openScope(Device.cpu())) {
      float[] logProbs = policy.logProbs(all(), TEMPERATURE, scope).values();
      for (int token = 0; token < vocabulary; token++) {
        probabilities[token] = Math.exp(logProbs[token]);
      }
    }
  }

  @AfterEach
  void closePolicy() {
    policy.close();
  }

  private static double reward(int token) {
    return token % 3 == 0 ? 1 : token % 7 == 0 ? -0.5 : 0;
  }

  private TokenBatch all() {
    int[][] completions = new int[vocabulary][];
    for (int token = 0; token < vocabulary; token++) {
      completions[token] = new int[] {token};
    }
    return new TokenBatch(new int[][] {PROMPT}, completions, new int[vocabulary]);
  }

  @Test
  void probabilitiesAddUpToOne() {
    double sum = 0;
    for (double p : probabilities) {
      sum += p;
    }
    assertThat(sum).isCloseTo(1, within(1e-5));
  }

  /** The expectation of leave-one-out estimates is the gradient: their mean comes near it. */
  @Test
  void measuredGradientEqualsTheAnalyticOne() {
    double[] analytic = analyticGradient();
    int rounds = 60;
    double[] mean = new double[analytic.length];
    double squaredError = 0;
    Random random = new Random(3);
    List<double[]> estimates = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      double[] estimate = sampledGradient(random, 64);
      estimates.add(estimate);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += estimate[i] / rounds;
      }
    }
    for (double[] estimate : estimates) {
      for (int i = 0; i < mean.length; i++) {
        squaredError += (estimate[i] - mean[i]) * (estimate[i] - mean[i]);
      }
    }
    // expected squared distance of the mean of the rounds from the true gradient
    double variance = squaredError / (rounds - 1) / rounds;
    double distance = 0;
    double length = 0;
    double product = 0;
    for (int i = 0; i < mean.length; i++) {
      distance += (mean[i] - analytic[i]) * (mean[i] - analytic[i]);
      length += analytic[i] * analytic[i];
      product += mean[i] * analytic[i];
    }
    assertThat(distance).as("squared distance").isLessThan(4 * variance);
    assertThat(product / length).as("length along the gradient").isCloseTo(1, within(0.1));
    assertThat(variance).as("noise left").isLessThan(0.05 * length);
  }

  /**
   * Minus the gradient of the expected reward by all weights, through the log-probs of all tokens.
   */
  private double[] analyticGradient() {
    double expected = 0;
    for (int token = 0; token < vocabulary; token++) {
      expected += probabilities[token] * reward(token);
    }
    float[] byLogProb = new float[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      byLogProb[token] = (float) (-probabilities[token] * (reward(token) - expected));
    }
    return backward(all(), byLogProb);
  }

  /** What training computes from a group that the policy sampled. */
  private double[] sampledGradient(Random random, int size) {
    int[][] completions = new int[size][];
    double[] rewards = new double[size];
    for (int i = 0; i < size; i++) {
      int token = draw(random.nextDouble());
      completions[i] = new int[] {token};
      rewards[i] = reward(token);
    }
    AdvantageEstimator estimator = new LeaveOneOut(false);
    double[] advantages = estimator.estimate(List.of(GroupRewards.of(rewards))).get(0);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Rollout rollout = new Rollout(completions[i], new float[1], rewards[i], false, 0);
      samples.add(Sample.of(PROMPT, rollout, advantages[i]));
    }
    PolicyLoss loss =
        PolicyLoss.of(new ClippedSurrogate(0.2, 0.2, null), TokenAggregation.COMPLETION_MEAN);
    LossInputs inputs =
        new LossInputs(
            new UpdateSize(size, size, size), samples, new float[size], new float[size], 1, 0);
    return backward(
        new TokenBatch(new int[][] {PROMPT}, completions, new int[size]),
        loss.compute(inputs).gradient());
  }

  private int draw(double uniform) {
    double sum = 0;
    for (int token = 0; token < vocabulary; token++) {
      sum += probabilities[token];
      if (uniform < sum) {
        return token;
      }
    }
    return vocabulary - 1;
  }

  private double[] backward(TokenBatch batch, float[] byLogProb) {
    try (Scope scope = Torch.openScope(Device.cpu())) {
      TokenLogProbs logProbs = policy.logProbsForTraining(batch, TEMPERATURE, scope);
      logProbs.backward(byLogProb, null);
    }
    List<Double> gradient = new ArrayList<>();
    for (Parameter parameter : policy.parameters()) {
      for (float g : parameter.gradient().toFloatArray()) {
        gradient.add((double) g);
      }
      parameter.gradient().muli(0);
    }
    return gradient.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
