package io.headwater.stream.score;

import static io.headwater.stream.TestPipelines.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headwater.schemas.Stage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RosterTest {
  private static final Instant PAST = NOW.minusSeconds(60);
  private static final Instant AHEAD = NOW.plusSeconds(60);

  private static Member member(Stage stage, String version, Instant from) {
    return new Member(stage, version, 0.5, "", from);
  }

  @Test
  void of_versionOnSeveralStages_countsOnTheLastAlone() {
    Member champion = member(Stage.PRODUCTION, "a", PAST);
    Member canary = member(Stage.CANARY, "b", PAST);
    Member shadow = member(Stage.SHADOW, "c", PAST);
    Roster roster =
        Roster.of(
            List.of(
                champion,
                member(Stage.CANARY, "a", PAST),
                canary,
                member(Stage.SHADOW, "a", PAST),
                member(Stage.SHADOW, "b", PAST),
                shadow),
            NOW);
    assertThat(roster).isEqualTo(new Roster(champion, List.of(canary), List.of(shadow)));
  }

  @Test
  void of_championThatIsEffectiveLater_leavesTheOneBeforeUntilThen() {
    Member before = member(Stage.PRODUCTION, "a", PAST);
    Member after = member(Stage.PRODUCTION, "b", AHEAD);
    Member shadow = member(Stage.SHADOW, "b", PAST);
    List<Member> members = List.of(before, after, shadow);
    assertThat(Roster.of(members, NOW)).isEqualTo(new Roster(before, List.of(), List.of(shadow)));
    assertThat(Roster.of(members, AHEAD)).isEqualTo(new Roster(after, List.of(), List.of()));
  }

  @Test
  void of_onlyChampionEffectiveLater_scoresAtOnce() {
    Member only = member(Stage.PRODUCTION, "a", AHEAD);
    assertThat(Roster.of(List.of(only), NOW).champion()).isEqualTo(only);
  }

  @Test
  void of_challengersThatAreEffectiveLater_waits() {
    Member champion = member(Stage.PRODUCTION, "a", PAST);
    Member canary = member(Stage.CANARY, "b", AHEAD);
    Member shadow = member(Stage.SHADOW, "c", AHEAD);
    List<Member> members = List.of(champion, canary, shadow);
    assertThat(Roster.of(members, NOW)).isEqualTo(new Roster(champion, List.of(), List.of()));
    assertThat(Roster.of(members, AHEAD))
        .isEqualTo(new Roster(champion, List.of(canary), List.of(shadow)));
  }

  @Test
  void of_noProduction_isRefused() {
    assertThatThrownBy(() -> Roster.of(List.of(member(Stage.SHADOW, "a", PAST)), NOW))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
