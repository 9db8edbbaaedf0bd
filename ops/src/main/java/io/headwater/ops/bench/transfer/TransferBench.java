package io.headwater.ops.bench.transfer;

import io.headwater.ops.bench.transfer.TransferReport.Flipped;
import io.headwater.ops.bench.transfer.TransferReport.Noise;
import io.headwater.ops.bench.transfer.TransferReport.Row;
import io.headwater.ops.bench.transfer.TransferTrial.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Draws labelled texts and texts to judge by, and trains each way on them: all ways on the same
 * ones, and on more labels those on fewer among them.
 *
 * @param target all its texts
 * @param judges how many of them each draw keeps to judge by
 * @param draws how many, with the seeds from 0 on
 */
record TransferBench(TransferTrial trial, Texts target, int judges, int draws) {
  private static final int[] EPOCHS = {0, 1, 2, 5, 10, 20};

  /** Texts that are learned from, most labels first, and those to judge by. */
  private record Draw(Texts pool, Texts judges) {}

  /** What one draw came to with one number of labels. */
  private record Outcome(Map<Way, Result> results, int epochs, double seconds) {
    double gain(Way over) {
      return accuracy(Way.TRANSFERRED) - accuracy(over);
    }

    double accuracy(Way way) {
      return results.getOrDefault(way, Result.NONE).accuracy();
    }
  }

  /** Measures one number of labels. */
  Row row(int labels) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int seed = 0; seed < draws; seed++) {
      Draw draw = draw(seed);
      outcomes.add(outcome(draw.pool.first(labels), draw.judges));
    }
    Map<Way, Mean> accuracy = new EnumMap<>(Way.class);
    Map<Way, Mean> seconds = new EnumMap<>(Way.class);
    for (Way way : Way.values()) {
      accuracy.put(way, Mean.of(outcomes.stream().map(one -> one.accuracy(way)).toList()));
      seconds.put(
          way,
          Mean.of(
              outcomes.stream()
                  .map(one -> one.results.getOrDefault(way, Result.NONE).seconds())
                  .toList()));
    }
    return new Row(
        labels,
        accuracy,
        seconds,
        Mean.of(outcomes.stream().map(one -> one.gain(Way.FROZEN)).toList()),
        Mean.of(outcomes.stream().map(one -> one.gain(Way.SCRATCH)).toList()),
        outcomes.stream().mapToInt(one -> published(one) ? 1 : 0).average().orElse(Double.NaN),
        Mean.of(outcomes.stream().map(one -> (double) one.epochs).toList()),
        Mean.of(outcomes.stream().map(Outcome::seconds).toList()));
  }

  /** The trainer on texts whose labels were shuffled among them. */
  Noise noise(int labels) {
    Map<String, Integer> reasons = new TreeMap<>();
    int published = 0;
    for (int seed = 0; seed < draws; seed++) {
      Draw draw = draw(seed);
      Texts learned = draw.pool.first(labels);
      List<Integer> order = shuffled(labels, seed + (long) draws);
      int[] classes = order.stream().mapToInt(i -> learned.classes()[i]).toArray();
      Result result = trial.transferred(learned.labelled(classes), draw.judges);
      if (result.published()) {
        published++;
      } else {
        reasons.merge(result.code(), 1, Integer::sum);
      }
    }
    return new Noise(labels, draws, published, reasons);
  }

  /** The trainer on texts of whose labels a share is wrong, judged by right ones. */
  Flipped flipped(int labels, double share) {
    List<Double> gains = new ArrayList<>();
    int published = 0;
    int worse = 0;
    int clearly = 0;
    for (int seed = 0; seed < draws; seed++) {
      Draw draw = draw(seed);
      Texts learned = draw.pool.first(labels);
      Random random = new Random(seed);
      int[] classes =
          Arrays.stream(learned.classes())
              .map(right -> random.nextDouble() < share ? 1 - right : right)
              .toArray();
      Result result = trial.transferred(learned.labelled(classes), draw.judges);
      Result frozen = trial.frozen(draw.judges);
      double gain = result.accuracy() - frozen.accuracy();
      gains.add(gain);
      if (result.published()) {
        published++;
        worse += gain < -TransferReport.LOSS_ALLOWED ? 1 : 0;
        clearly += result.isClearlyBelow(frozen) ? 1 : 0;
      }
    }
    return new Flipped(labels, share, draws, published, Mean.of(gains), worse, clearly);
  }

  private static boolean published(Outcome outcome) {
    return outcome.results.getOrDefault(Way.TRANSFERRED, Result.NONE).published();
  }

  private Outcome outcome(Texts learned, Texts judging) {
    Map<Way, Result> results = new EnumMap<>(Way.class);
    results.put(Way.FROZEN, trial.frozen(judging));
    results.put(Way.TRANSFERRED, trial.transferred(learned, judging));
    Result scratch = trial.scratch(learned, judging);
    results.put(Way.SCRATCH, scratch);
    results.put(Way.WORDS, trial.words(learned, judging));
    int epochs = 0;
    double seconds = 0;
    for (int more : EPOCHS) {
      Result tried = trial.transferred(learned, judging, more);
      epochs = more;
      seconds = tried.seconds();
      if (tried.accuracy() >= scratch.accuracy()) {
        break;
      }
    }
    return new Outcome(results, epochs, seconds);
  }

  private Draw draw(int seed) {
    List<Integer> rows = shuffled(target.size(), seed);
    int pool = target.size() - judges;
    return new Draw(target.at(rows.subList(0, pool)), target.at(rows.subList(pool, target.size())));
  }

  private static List<Integer> shuffled(int count, long seed) {
    List<Integer> rows = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(rows, new Random(seed));
    return rows;
  }
}
