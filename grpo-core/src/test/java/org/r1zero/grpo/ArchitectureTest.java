package org.r1zero.grpo;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.architecture.HouseRules;

class ArchitectureTest {

  @TestFactory
  Stream<DynamicTest> houseRules() {
    return HouseRules.of(ArchitectureTest.class)
        .layers(
            List.of(
                Set.of("torch"),
                Set.of("model"),
                Set.of("data", "advantage", "loss", "optim"),
                Set.of("")))
        .tests();
  }
}
