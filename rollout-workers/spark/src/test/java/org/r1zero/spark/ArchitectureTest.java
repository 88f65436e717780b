package org.r1zero.spark;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.architecture.HouseRules;

class ArchitectureTest {
  @TestFactory
  Stream<DynamicTest> houseRules() {
    return HouseRules.of(ArchitectureTest.class).tests();
  }
}
