package org.r1zero.grpo.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TorchModuleTest {
  private static final Map<String, Object> ATTRIBUTES =
      Map.of("factor", 2.5, "count", 3L, "flag", true);
  private Scope scope;
  private TorchModule module;

  @BeforeEach
  void load() {
    scope = Torch.openScope(Device.cpu());
    module = TorchModule.load(scope, TorchModuleTest.class, "probe.py", "Probe", ATTRIBUTES);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void attributesOfEachTypeReachTheModule() {
    assertThat(module.call(scope, "scale", scope.floats(2)).toFloatArray()).containsExactly(5);
    assertThat(module.call(scope, "settings", scope.floats(9)).toFloatArray()).containsExactly(3);
  }

  @Test
  void argumentsOfEachTypeReachTheMethod() {
    NDArray result =
        module.call(
            scope,
            "arguments",
            scope.floats(1, 2),
            List.of(scope.floats(10), scope.floats(20)),
            4,
            0.5,
            true);
    assertThat(result.toFloatArray()).containsExactly((4 + 30) * 0.5f, (8 + 30) * 0.5f);
  }

  @Test
  void tuplesComeBackAsLists() {
    List<NDArray> halves = module.callForList(scope, "halves", scope.floats(3));
    assertThat(halves).hasSize(2).allMatch(h -> h.getFloat() == 1.5f);
  }

  @Test
  void methodsMayChangeTheirArguments() {
    NDArray x = scope.floats(1, 2);
    module.callForEffect("increment", x);
    assertThat(x.toFloatArray()).containsExactly(2, 3);
  }

  @Test
  void failureWithinAMethodGivesItsReasonInOneLine() {
    assertThatThrownBy(() -> module.call(scope, "product", scope.floats(1, 2), scope.floats(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("probe.py's product failed: RuntimeError: inconsistent tensor size")
        .hasMessageNotContaining("\n")
        .cause() // libtorch's traceback is kept
        .hasMessageContaining("<--- HERE");
  }

  @Test
  void unknownMethodIsNamed() {
    assertThatThrownBy(() -> module.call(scope, "nope", scope.floats(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("probe.py's nope failed: Method 'nope' is not defined.");
  }

  @Test
  void missingArgumentIsNamed() {
    assertThatThrownBy(() -> module.call(scope, "product", scope.floats(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("product() is missing value for argument 'y'");
  }

  @Test
  void argumentOfAnotherTypeIsNamed() {
    assertThatThrownBy(() -> module.call(scope, "scale", 1L))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("value of type 'Tensor' for argument 'x'")
        .hasMessageContaining("found type 'int'");
  }

  @Test
  void argumentThatTorchHasNoTypeForIsRefused() {
    String expected =
        "scale takes NDArray, List of NDArray, Long, Integer, long[], Double, Boolean or String,";
    assertThatThrownBy(() -> module.call(scope, "scale", 'x'))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(expected + " was given x");
    assertThatThrownBy(() -> module.call(scope, "scale", List.of('x')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(expected + " was given [x]");
  }

  @Test
  void resultThatIsNoTensorIsToldOf() {
    assertThatThrownBy(() -> module.call(scope, "increment", scope.floats(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("probe.py's increment failed: Expected Tensor but got Int");
  }

  @Test
  void missingResourceIsNamed() {
    assertThatThrownBy(
            () -> TorchModule.load(scope, TorchModuleTest.class, "none.py", "Probe", Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no resource none.py beside " + TorchModuleTest.class);
  }

  @Test
  void missingAttributeTellsWhatWasGiven() {
    assertThatThrownBy(
            () ->
                TorchModule.load(
                    scope, TorchModuleTest.class, "probe.py", "Probe", Map.of("factor", 1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "probe.py can't be loaded as class Probe with attributes [factor]: ");
  }

  @Test
  void unknownClassIsNamed() {
    assertThatThrownBy(
            () -> TorchModule.load(scope, TorchModuleTest.class, "probe.py", "None", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("probe.py can't be loaded as class None with attributes []: ")
        .hasMessageContaining("__torch__.None");
  }

  @Test
  void attributeOfAnotherTypeIsRefused() {
    assertThatThrownBy(
            () ->
                TorchModule.load(
                    scope, TorchModuleTest.class, "probe.py", "Probe", Map.of("factor", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("attribute factor must be Boolean, Long or Double, was class java.lang.String");
  }

  @Test
  void closedModuleCanNotBeCalled() {
    Scope inner = Torch.openScope(Device.cpu());
    TorchModule closed =
        TorchModule.load(inner, TorchModuleTest.class, "probe.py", "Probe", ATTRIBUTES);
    inner.close();
    assertThatThrownBy(() -> closed.call(scope, "scale", scope.floats(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("released");
  }
}
