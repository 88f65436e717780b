package org.r1zero.rollout;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.r1zero.fixtures.architecture.HouseRules;

class ArchitectureTest {
  private final HouseRules rules = HouseRules.of(ArchitectureTest.class);

  @TestFactory
  Stream<DynamicTest> houseRules() {
    return rules
        .layers(List.of(Set.of("generation", "trace", "difficulty"), Set.of("worker"), Set.of("")))
        .tests();
  }

  @Test
  void generationKnowsTokenIdsOnly() {
    noClasses()
        .that()
        .resideInAPackage("org.r1zero.rollout.generation..")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "read or judge text",
                (JavaClass c) ->
                    c.getPackageName().startsWith("org.r1zero.grpo.model.tokenizer")
                        || (c.getPackageName().startsWith("org.r1zero.verify")
                            && !c.getSimpleName().equals("FinishReason"))))
        .because("text is the business of PolicySampler: the generator can be tested on numbers")
        .check(rules.mainClasses());
  }

  @Test
  void tracesKnowTextOnly() {
    noClasses()
        .that()
        .resideInAPackage("org.r1zero.rollout.trace..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..", "org.r1zero.grpo..")
        .check(rules.mainClasses());
  }
}
