package org.r1zero.experiment.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The schema and the page on recipes are those of the records. Both are written anew by this test
 * with {@code -Dr1zero.write=true}.
 */
class RecipeSchemaTest {
  private static final Path SCHEMA = Path.of("src/main/resources/org/r1zero/recipe.schema.json");
  private static final Path RECIPES = Path.of("../recipes");
  private static final Path PAGE = Path.of("../docs/recipe.md");
  private static final String BEGIN = "<!-- made by RecipeSchemaTest from here on -->\n";
  private static final String HOW =
      "made anew by: mvn -pl experiments -am -Dtest=RecipeSchemaTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dr1zero.write=true test";

  @Test
  void schemaAndPageAreCurrent() throws IOException {
    String schema =
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(new SchemaWriter().write())
            + "\n";
    RecipeGuide guide = new RecipeGuide(schema);
    String page = Files.readString(PAGE);
    String written =
        page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + RecipePage.write(guide);
    if (Boolean.getBoolean("r1zero.write")) {
      Files.writeString(SCHEMA, schema);
      Files.writeString(PAGE, written);
    }
    assertThat(Files.readString(SCHEMA)).as(HOW).isEqualTo(schema);
    assertThat(Files.readString(PAGE)).as(HOW).isEqualTo(written);
  }

  @Test
  void everyKeyIsDescribed() {
    List<RecipeGuide.Key> keys = new RecipeGuide().keys();
    assertThat(keys).hasSizeGreaterThan(200);
    assertThat(keys).allSatisfy(key -> assertThat(key.does()).as(key.path()).isNotBlank());
    assertThat(keys)
        .allSatisfy(
            key -> assertThat(key.values().values()).as(key.path()).allMatch(v -> !v.isBlank()));
  }

  static Stream<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.walk(RECIPES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void readyRecipesAreValidByTheSchemaThatTheyName(Path recipe) throws IOException {
    String text = Files.readString(recipe);
    Path named =
        recipe.resolveSibling(text.lines().findFirst().orElseThrow().replaceFirst(".*=", ""));
    assertThat(named).isRegularFile().hasSameTextualContentAs(SCHEMA);
    assertThat(faults(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grpo: {stepz: 3} | stepz",
        "grpo: {steps: 0} | steps",
        "grpo: {optimizer: {learning_rate: 1}} | learning_rate",
        "sampling: {top_p: 0} | top_p",
        "grpo: {loss: {loss_type: ppo}} | loss_type",
        "health: {kl: skip} | kl",
        "rewards: [{verifier: number, wieght: 1}] | wieght",
        "rewards: 3 | rewards",
        "stages: [{name: x, kind: sft, options: {batch_size: 0}}] | batch_size",
        "stages: [{name: x, kind: rejection_sampling, options: {batch_size: 1}}] | batch_size",
        "stages: [{name: x, kind: rl, options: {grpo: {steps: x}}}] | steps",
        "stagez+: 3 | stagez",
      })
  void theSchemaRefusesWhatTheProgramRefuses(String recipe, String key) {
    assertThat(faults(recipe)).anySatisfy(fault -> assertThat(fault).contains(key));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "grpo: {loss: {epsilon_high: null, delta: 4}}",
        "stages: {rl: {options: {grpo: {steps: 3}}}}",
        "stages+: [{name: x, kind: distill, options: {teacher: embedded, sft: {batch_size: 2}}}]",
        "{extends: r1.yaml, name: x}",
      })
  void theSchemaTakesWhatTheProgramTakes(String recipe) {
    assertThat(faults(recipe)).isEmpty();
  }

  private static List<String> faults(String recipe) {
    JsonSchema schema =
        JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
            .getSchema(new RecipeGuide().schema());
    return schema.validate(RecipeLoader.parse(recipe)).stream().map(m -> m.toString()).toList();
  }

  @Test
  void defaultsRangesAndNamesAreTheRecords() {
    RecipeGuide guide = new RecipeGuide();
    assertThat(key(guide, "grpo.loss.epsilon_high"))
        .returns("number or null", RecipeGuide.Key::type)
        .returns("> 0", RecipeGuide.Key::range)
        .returns("null", RecipeGuide.Key::defaultValue)
        .returns(List.of("epsilon_high"), key -> key.names("TRL"))
        .returns(List.of("actor_rollout_ref.actor.clip_ratio_high"), key -> key.names("verl"));
    assertThat(key(guide, "grpo.optimizer.learning_rate"))
        .returns("in (0, 1)", RecipeGuide.Key::range)
        .returns("1e-6", RecipeGuide.Key::defaultValue);
    assertThat(key(guide, "stages[sft].options.optimizer.learning_rate").defaultValue())
        .isEqualTo("2e-5");
    assertThat(key(guide, "rollouts.partial_rollouts.tokens_per_step").range()).isEqualTo(">= 1");
    assertThat(key(guide, "health.kl").type()).isEqualTo("one of off, warn, stop");
  }

  private static RecipeGuide.Key key(RecipeGuide guide, String path) {
    return guide.answer(path).keys().get(0);
  }
}
