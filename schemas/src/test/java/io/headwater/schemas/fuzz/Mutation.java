package io.headwater.schemas.fuzz;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * What becomes of sound bytes before a decoder gets them: nothing at all, or up to six changes, of
 * which one may be that all of them are replaced.
 */
public record Mutation(List<Change> changes) {
  private static final int MOST_CHANGES = 6;

  /** For {@code @ForAll(supplier = Mutation.Any.class)}. */
  public static final class Any implements ArbitrarySupplier<Mutation> {
    @Override
    public Arbitrary<Mutation> get() {
      return Arbitraries.frequencyOf(
              Tuple.of(3, changes(Arbitraries.of(Change.Kind.class), MOST_CHANGES)),
              // Most of these leave the rest sound, and so get further.
              Tuple.of(2, changes(Arbitraries.just(Change.Kind.TOKEN), 2)),
              Tuple.of(1, changes(Arbitraries.just(Change.Kind.LENGTH), 2)))
          .map(Mutation::new);
    }

    private static Arbitrary<List<Change>> changes(Arbitrary<Change.Kind> kinds, int most) {
      Arbitrary<Double> places =
          Arbitraries.doubles().between(0, true, 1, false).ofScale(6).withoutEdgeCases();
      return Combinators.combine(kinds, places, Arbitraries.longs().withoutEdgeCases())
          .as(Change::new)
          .list()
          .ofMaxSize(most);
    }
  }

  /** The seed, changed; where a change needs other bytes, they are the seed's own. */
  public byte[] of(byte[] seed) {
    return of(seed, seed);
  }

  /** The seed, changed; a splice ends it with a part of the other. */
  public byte[] of(byte[] seed, byte[] other) {
    byte[] bytes = seed;
    for (Change change : changes) {
      bytes = change.in(bytes, other);
    }
    return bytes;
  }
}
