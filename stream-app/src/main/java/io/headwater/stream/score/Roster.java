package io.headwater.stream.score;

import io.headwater.schemas.Stage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who scores at one time: the champion and the shadows every event, and a canary its share.
 *
 * <p>A version that stands on several stages counts on the last of them alone.
 */
public record Roster(Member champion, List<Member> canaries, List<Member> shadows) {
  public Roster {
    canaries = List.copyOf(canaries);
    shadows = List.copyOf(shadows);
  }

  /**
   * The members in force. Of production that is the latest that is effective, or, where none is
   * yet, the first.
   *
   * @throws IllegalArgumentException where no member is of production
   */
  public static Roster of(List<Member> members, Instant now) {
    Member champion = champion(members, now);
    Set<String> taken = new HashSet<>(Set.of(champion.version()));
    return new Roster(
        champion, of(Stage.CANARY, members, now, taken), of(Stage.SHADOW, members, now, taken));
  }

  private static Member champion(List<Member> members, Instant now) {
    Member champion = null;
    for (Member member : members) {
      if (member.stage() == Stage.PRODUCTION
          && (champion == null
              || (member.isEffective(now)
                  && !member.effectiveFrom().isBefore(champion.effectiveFrom())))) {
        champion = member;
      }
    }
    if (champion == null) {
      throw new IllegalArgumentException("no version is in production");
    }
    return champion;
  }

  private static List<Member> of(
      Stage stage, List<Member> members, Instant now, Set<String> taken) {
    List<Member> of = new ArrayList<>();
    for (Member member : members) {
      if (member.stage() == stage && member.isEffective(now) && taken.add(member.version())) {
        of.add(member);
      }
    }
    return of;
  }
}
