package org.r1zero.grpo.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.djl.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeTypeTest {
  @ParameterizedTest
  @ValueSource(strings = {"6.1", "7.0", "7.5"})
  void cardsBeforeAmpereAreRefusedBf16WithTheRemedy(String capability) {
    assertThat(ComputeType.BFLOAT16.misfit(capability))
        .isEqualTo(
            "has compute capability "
                + capability
                + " and computes no bfloat16 (8.0 and later do); set dtype: float32");
    assertThat(ComputeType.FLOAT32.misfit(capability)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.0", "8.9", "9.0", "12.0"})
  void laterOnesTakeBoth(String capability) {
    assertThat(ComputeType.BFLOAT16.misfit(capability)).isNull();
  }

  @Test
  void whatIsNotKnownIsNotRefused() {
    assertThat(ComputeType.BFLOAT16.misfit(null)).isNull();
    assertThatCode(() -> ComputeType.BFLOAT16.requireOn(Device.cpu())).doesNotThrowAnyException();
  }
}
