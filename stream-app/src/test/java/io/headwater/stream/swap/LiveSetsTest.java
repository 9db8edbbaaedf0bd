package io.headwater.stream.swap;

import static io.headwater.stream.TestPipelines.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.headwater.model.featurise.Features;
import io.headwater.model.guard.ModelGuard;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.Answer;
import io.headwater.model.runtime.Leases;
import io.headwater.model.runtime.SegmentTrie;
import io.headwater.schemas.Stage;
import io.headwater.stream.meter.ScorerMeters;
import io.headwater.stream.score.LiveSet;
import io.headwater.stream.score.Member;
import io.headwater.stream.score.Roster;
import io.headwater.stream.score.ToyVersions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveSetsTest {
  private static final ModelPackage A = ToyVersions.version(1);
  private static final ModelPackage B = ToyVersions.version(2);
  private static final ModelPackage C = ToyVersions.version(3);

  /** A clock that is moved by hand. */
  private static final class Hand extends Clock {
    private Instant now = NOW;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final Hand clock = new Hand();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final LiveSets sets =
      new LiveSets(ModelGuard.standard(), new ScorerMeters(registry).versions(), clock);

  @AfterEach
  void close() {
    sets.close();
    assertThat(sets.live().acquire()).isEmpty();
  }

  private static Member member(Stage stage, ModelPackage version, Instant from) {
    return new Member(stage, version.version(), 1, "", from);
  }

  private void put(Stage stage, ModelPackage... versions) {
    for (ModelPackage version : versions) {
      boolean unused = sets.load(stage, version);
    }
    sets.put(stage, List.of(versions).stream().map(each -> member(stage, each, NOW)).toList());
  }

  private Roster roster() {
    return sets.roster().orElseThrow();
  }

  private static List<String> names(List<Member> members) {
    return members.stream().map(Member::version).toList();
  }

  @Test
  void put_shadowsBeforeProduction_waitForItAndComeIntoForceWithIt() {
    put(Stage.SHADOW, B, C);
    assertThat(sets.live().acquire()).isEmpty();
    put(Stage.PRODUCTION, A);
    assertThat(roster().champion().version()).isEqualTo(A.version());
    assertThat(names(roster().shadows())).containsExactly(B.version(), C.version());
    assertThat(registry.get("headwater.model.swaps").counter().count()).isEqualTo(1);
    assertThat(registry.find("headwater.model.live").gauges())
        .extracting(gauge -> gauge.getId().getTag("stage"))
        .containsExactlyInAnyOrder("production", "shadow", "shadow");
  }

  @Test
  void put_shadowMovedToProduction_staysLoadedAndLeavesTheShadows() {
    put(Stage.PRODUCTION, A);
    put(Stage.SHADOW, B, C);
    assertThat(sets.load(Stage.PRODUCTION, B)).isFalse();
    sets.put(Stage.PRODUCTION, List.of(member(Stage.PRODUCTION, B, NOW)));
    assertThat(roster().champion().version()).isEqualTo(B.version());
    assertThat(names(roster().shadows())).containsExactly(C.version());
    put(Stage.SHADOW);
    assertThat(roster().shadows()).isEmpty();
    assertThat(sets.load(Stage.SHADOW, B)).isFalse();
    assertThat(sets.load(Stage.SHADOW, C)).isTrue();
  }

  @Test
  void put_whileASetIsLeased_leavesItWholeUntilTheLeaseEnds() throws Exception {
    put(Stage.PRODUCTION, A);
    put(Stage.SHADOW, B);
    Leases<LiveSet>.Lease lease = sets.live().acquire().orElseThrow();
    put(Stage.SHADOW);
    put(Stage.PRODUCTION, C);
    SegmentTrie trie = lease.get().trie();
    Features text =
        trie.featurise(0, JsonNodeFactory.instance.objectNode().put("text", "very good film"));
    SegmentTrie.Run run = trie.score(0, List.of(A.version(), B.version()), List.of(text));
    assertThat(run.answers().values()).hasSize(2).hasOnlyElementsOfType(Answer.Given.class);
    assertThat(run.sessionRuns()).isEqualTo(3);
    lease.close();
    assertThatThrownBy(() -> trie.score(0, List.of(A.version()), List.of(text)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void put_productionThatIsEffectiveLater_comesIntoForceWithTheClock() {
    put(Stage.PRODUCTION, A);
    boolean loaded = sets.load(Stage.PRODUCTION, B);
    sets.put(Stage.PRODUCTION, List.of(member(Stage.PRODUCTION, B, NOW.plusSeconds(60))));
    assertThat(loaded).isTrue();
    assertThat(roster().champion().version()).isEqualTo(A.version());
    clock.now = NOW.plusSeconds(60);
    assertThat(roster().champion().version()).isEqualTo(B.version());
  }

  @Test
  void put_versionThatIsNotLoaded_leavesTheSetBefore() {
    put(Stage.PRODUCTION, A);
    assertThatThrownBy(() -> sets.put(Stage.SHADOW, List.of(member(Stage.SHADOW, B, NOW))))
        .hasMessageContaining("is not loaded");
    assertThat(roster().shadows()).isEmpty();
    put(Stage.PRODUCTION, C);
    assertThat(roster().champion().version()).isEqualTo(C.version());
    assertThat(registry.find("headwater.model.live").gauges()).extracting(Gauge::value).hasSize(1);
  }

  @Test
  void close_leavesNothingToLease_andWhatComesLateIsNotKept() {
    put(Stage.PRODUCTION, A);
    sets.close();
    assertThat(sets.load(Stage.PRODUCTION, B)).isFalse();
    sets.put(Stage.PRODUCTION, List.of(member(Stage.PRODUCTION, B, NOW)));
    assertThat(sets.roster()).isEmpty();
  }
}
