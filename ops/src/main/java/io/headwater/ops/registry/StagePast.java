package io.headwater.ops.registry;

import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.Digest;
import io.headwater.ops.UserError;
import io.headwater.schemas.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The versions that a stage held, oldest first; the last is live.
 *
 * @param records never empty
 */
public record StagePast(Stage stage, List<PublishedVersion> records) {
  private static final String LIST = "`headwater model list` shows what stages held";

  public StagePast {
    records = List.copyOf(records);
  }

  /**
   * Reads a stage.
   *
   * @throws UserError where it never held a version
   */
  public static StagePast read(ModelLog log, Stage stage) {
    List<PublishedVersion> records = new ArrayList<>();
    log.history(stage, record -> records.addAll(record.live()), refused -> {});
    if (records.isEmpty()) {
      throw new UserError("stage " + Found.name(stage) + " never held a version", LIST);
    }
    return new StagePast(stage, records);
  }

  public PublishedVersion live() {
    return records.get(records.size() - 1);
  }

  /**
   * What was in force before the live version first came.
   *
   * @throws UserError where nothing was
   */
  public PublishedVersion before() {
    int first = 0;
    while (!records.get(first).version().equals(live().version())) {
      first++;
    }
    if (first == 0) {
      throw new UserError(
          "version %s is the first that stage %s held: there is nothing to go back to"
              .formatted(Digest.brief(live().version()), Found.name(stage)),
          "name the version with --to; " + LIST);
    }
    return records.get(first - 1);
  }

  /**
   * The last record of a version other than the live one.
   *
   * @param digits its leading ones
   * @throws UserError where the stage never held it, it is live, or the digits are those of several
   */
  public PublishedVersion named(String digits) {
    String wanted = digits.toLowerCase(Locale.ROOT);
    List<PublishedVersion> named =
        records.stream().filter(record -> record.version().startsWith(wanted)).toList();
    if (named.isEmpty()) {
      throw new UserError(
          "stage %s never held a version %s".formatted(Found.name(stage), digits),
          LIST + "; `headwater rollout promote` takes a version that is new to the stage");
    }
    if (named.stream().map(PublishedVersion::version).distinct().count() > 1) {
      throw new UserError(digits + " begins several versions", "give more of its digits");
    }
    PublishedVersion last = named.get(named.size() - 1);
    if (last.version().equals(live().version())) {
      throw new UserError(
          "version %s is live in %s already"
              .formatted(Digest.brief(last.version()), Found.name(stage)),
          LIST);
    }
    return last;
  }
}
