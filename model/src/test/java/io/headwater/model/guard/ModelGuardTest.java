package io.headwater.model.guard;

import static io.headwater.model.guard.Hostile.axis;
import static io.headwater.model.guard.Hostile.external;
import static io.headwater.model.guard.Hostile.floats;
import static io.headwater.model.guard.Hostile.graph;
import static io.headwater.model.guard.Hostile.longs;
import static io.headwater.model.guard.Hostile.model;
import static io.headwater.model.guard.Hostile.node;
import static io.headwater.model.guard.Hostile.scalar;
import static io.headwater.model.guard.Hostile.subgraph;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelGuardTest {
  private static final long MOST_BYTES = 100_000_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final ModelGuard guard = new ModelGuard(ModelLimits.DEFAULT);
  private final ModelGuard lenient = guard("control-flow", "true");

  @Test
  void file_harmless_isParsed() {
    assertThat(guard.file("model", Hostile.harmless()).getGraph().getNodeCount()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.headwater.model.guard.HostileFiles#all")
  void file_hostile_isRefusedByNameSoonAndInLittleMemory(
      String what, RefusalReason reason, String message, byte[] bytes) {
    long thread = Thread.currentThread().getId();
    long allocated = THREADS.getThreadAllocatedBytes(thread);
    long started = THREADS.getCurrentThreadCpuTime();

    assertThatThrownBy(() -> guard.file("model 'm'", bytes))
        .isInstanceOfSatisfying(
            ModelRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageStartingWith("model 'm'")
        .hasMessageContaining(message);

    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - started))
        .isLessThan(Duration.ofSeconds(1));
    assertThat(THREADS.getThreadAllocatedBytes(thread) - allocated).isLessThan(MOST_BYTES);
  }

  @Test
  void file_hostileInSubgraphThatIsAllowed_isRefused() {
    byte[] external =
        model(
            graph(
                node("If", "y", "x")
                    .addAttribute(
                        subgraph(
                            "then_branch",
                            graph(node("Relu", "y", "x")).addInitializer(external("w"))))));
    byte[] bomb =
        model(
            graph(
                node("If", "y", "x")
                    .addAttribute(
                        subgraph(
                            "else_branch",
                            graph(node("ConstantOfShape", "y", "s"))
                                .addInitializer(longs("s", 1 << 20, 1 << 20))))));

    assertThat(reason(lenient, external)).isEqualTo(RefusalReason.EXTERNAL_DATA);
    assertThat(reason(lenient, bomb)).isEqualTo(RefusalReason.BOMB);
    assertThat(lenient.file("m", Hostile.nested(3)).getGraph().getNodeCount()).isEqualTo(1);
  }

  @Test
  void file_operatorThatIsAllowed_isParsed() {
    byte[] own = model(graph(node("Own", "y", "x").setDomain("acme")));

    assertThat(reason(guard, own)).isEqualTo(RefusalReason.OPERATOR);
    assertThat(guard("operators", "acme:Own, acme:Other").file("m", own)).isNotNull();
  }

  @Test
  void file_singleInfinityAndRunTimeShapes_areNoReasonToRefuse() {
    byte[] mask =
        model(
            graph(
                    node("Shape", "shape", "x"),
                    node("Gather", "batch", "shape", "zero"),
                    node("Unsqueeze", "b", "batch", "axes"),
                    node("Concat", "s", "b", "four").addAttribute(axis(0)),
                    node("ConstantOfShape", "zeros", "s"),
                    node("Equal", "masked", "zeros", "x"),
                    node("Where", "y", "masked", "low", "x"))
                .addInitializer(scalar("zero", 0))
                .addInitializer(longs("axes", 0))
                .addInitializer(longs("four", 4))
                .addInitializer(floats("low", Float.NEGATIVE_INFINITY).clearDims()));

    assertThat(guard.file("m", mask).getGraph().getNodeCount()).isEqualTo(7);
  }

  @Test
  void limits_propertyThatIsNotKnown_isNamed() {
    assertThatThrownBy(() -> guard("max-noeds", "7"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("headwater.guard.max-noeds");
    assertThatThrownBy(() -> guard("max-nodes", "many"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("headwater.guard.max-nodes", "many");
  }

  private static RefusalReason reason(ModelGuard guard, byte[] bytes) {
    try {
      guard.file("m", bytes);
      throw new AssertionError("not refused");
    } catch (ModelRefusedException e) {
      return e.reason();
    }
  }

  private static ModelGuard guard(String name, String value) {
    Properties properties = new Properties();
    properties.setProperty("headwater.guard." + name, value);
    return new ModelGuard(ModelLimits.of(properties));
  }
}
