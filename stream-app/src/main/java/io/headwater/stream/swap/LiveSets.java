package io.headwater.stream.swap;

import io.headwater.model.guard.ModelGuard;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.runtime.Leases;
import io.headwater.model.runtime.LoadTimes;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.model.runtime.SegmentTrie;
import io.headwater.schemas.Stage;
import io.headwater.stream.meter.VersionMeters;
import io.headwater.stream.meter.VersionMeters.SwapStep;
import io.headwater.stream.score.LiveSet;
import io.headwater.stream.score.Member;
import io.headwater.stream.score.Roster;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the versions of all stages loaded, and puts the set that they make in force as one.
 *
 * <p>A version that moves from one stage to another stays loaded. Nothing is in force before
 * production has a version. A production version that is effective later is loaded at once, and the
 * champion before goes on until then. Safe for use by several threads.
 */
public final class LiveSets implements AutoCloseable {
  private static final List<Stage> STAGES = List.of(Stage.PRODUCTION, Stage.CANARY, Stage.SHADOW);

  private final ModelGuard guard;
  private final VersionMeters meters;
  private final Clock clock;
  private final Leases<LiveSet> leases = new Leases<>(LiveSet::close);
  private final Map<String, LoadedModel> loaded = new HashMap<>();
  private final Map<Stage, Set<String>> arriving = new EnumMap<>(Stage.class);
  private Map<Stage, List<Member>> stages = Map.of();
  private boolean closed;

  /**
   * Makes an empty set.
   *
   * @param guard judges each version before it is loaded
   */
  public LiveSets(ModelGuard guard, VersionMeters meters, Clock clock) {
    this.guard = guard;
    this.meters = meters;
    this.clock = clock;
  }

  /** What is in force, to be leased. */
  public Leases<LiveSet> live() {
    return leases;
  }

  /** Who scores now; empty before the first champion and after {@link #close}. */
  public Optional<Roster> roster() {
    return leases.peek().map(set -> Roster.of(set.members(), clock.instant()));
  }

  /**
   * Loads a version for a stage and keeps it until the stage's next {@link #put}, at least.
   *
   * @return whether it was not loaded already
   * @throws RuntimeException as {@link LoadedModel#load(ModelPackage, ModelGuard)} does
   */
  public boolean load(Stage stage, ModelPackage version) {
    String name = version.version();
    synchronized (this) {
      arriving.computeIfAbsent(stage, unused -> new HashSet<>()).add(name);
      if (loaded.containsKey(name)) {
        return false;
      }
    }
    LoadedModel model = LoadedModel.load(version, guard);
    LoadTimes times = model.times();
    meters.step(SwapStep.JUDGE, times.judge());
    meters.step(SwapStep.OPEN, times.open());
    meters.step(SwapStep.PROVE, times.prove());
    synchronized (this) {
      if (closed || loaded.putIfAbsent(name, model) != null) {
        model.close();
        return false;
      }
      return true;
    }
  }

  /**
   * Makes loaded versions the ones of a stage: the set of all stages that follows from it comes
   * into force as a whole, or, where its sessions can't be had, the one before stays.
   */
  public synchronized void put(Stage stage, List<Member> members) {
    long start = System.nanoTime();
    arriving.remove(stage);
    Map<Stage, List<Member>> next = new EnumMap<>(Stage.class);
    next.putAll(stages);
    next.put(stage, stage == Stage.PRODUCTION ? withChampion(members) : members);
    try {
      if (!closed) {
        open(next);
        stages = next;
        meters.step(SwapStep.INSTALL, Duration.ofNanos(System.nanoTime() - start));
      }
    } finally {
      prune();
    }
  }

  private List<Member> withChampion(List<Member> production) {
    Instant now = clock.instant();
    boolean later = production.stream().allMatch(member -> member.effectiveFrom().isAfter(now));
    Member champion = roster().map(Roster::champion).orElse(null);
    if (!later || champion == null) {
      return production;
    }
    List<Member> both = new ArrayList<>(List.of(champion));
    production.stream()
        .filter(member -> !member.version().equals(champion.version()))
        .forEach(both::add);
    return both;
  }

  private void open(Map<Stage, List<Member>> next) {
    List<Member> members = new ArrayList<>();
    STAGES.forEach(stage -> members.addAll(next.getOrDefault(stage, List.of())));
    if (members.isEmpty() || members.get(0).stage() != Stage.PRODUCTION) {
      return;
    }
    List<LoadedModel> models = new ArrayList<>();
    for (String name : members.stream().map(Member::version).distinct().toList()) {
      LoadedModel model = loaded.get(name);
      if (model == null) {
        throw new IllegalStateException("version " + name + " is not loaded");
      }
      models.add(model);
    }
    leases.swap(new LiveSet(members, SegmentTrie.open(models)));
    Map<Stage, List<String>> versions = new EnumMap<>(Stage.class);
    next.forEach((stage, of) -> versions.put(stage, of.stream().map(Member::version).toList()));
    meters.swapped(versions);
  }

  /** Lets go of versions that no stage names or is about to name. */
  private void prune() {
    Set<String> named = new HashSet<>();
    stages.values().forEach(members -> members.forEach(member -> named.add(member.version())));
    arriving.values().forEach(named::addAll);
    loaded
        .entrySet()
        .removeIf(
            entry -> {
              boolean unused = !named.contains(entry.getKey());
              if (unused) {
                entry.getValue().close();
              }
              return unused;
            });
  }

  /** Retires what is in force; sessions end with their last leases. */
  @Override
  public synchronized void close() {
    closed = true;
    leases.close();
    loaded.values().forEach(LoadedModel::close);
    loaded.clear();
  }
}
