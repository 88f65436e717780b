package org.r1zero.grpo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.r1zero.grpo.data.MicroBatch;
import org.r1zero.grpo.data.Sample;
import org.r1zero.grpo.loss.GeometricMask;
import org.r1zero.grpo.loss.ImportanceCorrection;
import org.r1zero.grpo.loss.LossMetrics;
import org.r1zero.grpo.loss.LossType;
import org.r1zero.grpo.loss.OffPolicyMask;
import org.r1zero.grpo.loss.PolicyLoss;
import org.r1zero.grpo.loss.UpdateSize;

/** What learners in other processes are sent, and send back. */
class PolicyWorkTest {

  @ParameterizedTest
  @EnumSource(LossType.class)
  void everyLossReachesOtherProcesses(LossType type) throws Exception {
    PolicyLoss plain = new LossConfig(type, 0.2, 0.2, 0.1).toLoss(OffPolicyConfig.defaults(), true);
    PolicyLoss whole =
        new PolicyLoss(
            plain.surrogate(),
            plain.aggregation(),
            plain.level(),
            plain.kl(),
            new ImportanceCorrection(ImportanceCorrection.Mode.TOKEN_TRUNCATE, null, 2.0),
            new OffPolicyMask(0.5),
            new GeometricMask(1.01, 0.99),
            plain.topEntropy(),
            0);
    PolicyWork work = new PolicyWork(whole, 0.7, 96, 0.01, new UpdateSize(8, 300, 150.5));
    assertThat(there(work)).isEqualTo(work);
  }

  @Test
  void samplesOfAGroupShareTheirPromptThereToo() throws Exception {
    int[] prompt = {5, 6};
    MicroBatch part =
        MicroBatch.of(
            List.of(
                Sample.toLearn(prompt, new int[] {7}),
                Sample.toLearn(prompt, new int[] {8, 9}).withMask(new boolean[] {true, false})));
    MicroBatch found = there(part);
    assertThat(found.samples().get(0).prompt()).isSameAs(found.samples().get(1).prompt());
    assertThat(MicroBatch.of(found.samples()).tokens().rowCount())
        .as("halves are made there")
        .isEqualTo(part.tokens().rowCount());
    assertThat(found.samples().get(1).countedTokens()).isEqualTo(1);
  }

  @Test
  void reportsAddUpAsThoseOfThisProcess() throws Exception {
    LossMetrics numbers = new LossMetrics();
    numbers.mean("entropy", 3, 2);
    MicroBatch part = MicroBatch.of(List.of(Sample.toLearn(new int[] {5}, new int[] {7, 8})));
    PartReport found = there(PartReport.of(part, 0.25, numbers));
    assertThat(found.numbers().means()).containsEntry("entropy", 1.5);
    assertThat(found.loss()).isEqualTo(0.25);
    assertThat(found.rows()).isEqualTo(part.tokens().rowCount());
  }

  @SuppressWarnings("unchecked") // what was written
  private static <T> T there(T object) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }
}
