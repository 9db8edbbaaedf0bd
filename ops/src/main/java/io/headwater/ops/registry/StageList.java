package io.headwater.ops.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.log.ModelLog;
import io.headwater.model.log.PublishedVersion;
import io.headwater.model.pack.Digest;
import io.headwater.model.sign.Trust;
import io.headwater.schemas.Manifest;
import io.headwater.schemas.Stage;
import io.headwater.schemas.StageRecord;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last records of stages, newest first: what is live and what was. */
public final class StageList {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One stage record, without what it weighs. */
  record Row(
      Stage stage,
      long epoch,
      boolean live,
      String version,
      Instant writtenAt,
      String signedBy,
      long bytes,
      boolean trained,
      String reason) {}

  private final List<Row> rows = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  private StageList() {}

  /**
   * Reads stages.
   *
   * @param trust gives keys their names
   * @param limit records shown of each stage
   */
  public static StageList read(ModelLog log, Trust trust, List<Stage> stages, int limit) {
    StageList list = new StageList();
    for (Stage stage : stages) {
      Deque<List<Row>> last = new ArrayDeque<>();
      log.history(
          stage,
          record -> {
            last.addFirst(record.live().stream().map(version -> row(version, trust)).toList());
            if (last.size() > limit) {
              last.removeLast();
            }
          },
          refused -> {
            list.refused.add(refused.getMessage());
            if (list.refused.size() > limit) {
              list.refused.remove(0);
            }
          });
      boolean live = true;
      for (List<Row> record : last) {
        for (Row row : record) {
          list.rows.add(live ? row : old(row));
        }
        live = false;
      }
    }
    return list;
  }

  private static Row row(PublishedVersion version, Trust trust) {
    StageRecord record = version.record();
    Manifest manifest = version.model().manifest();
    String key = record.getKeyId();
    return new Row(
        record.getStage(),
        record.getEpoch(),
        true,
        version.version(),
        record.getWrittenAt(),
        trust.find(key).map(trusted -> trusted.name()).orElse(key),
        Sizes.of(manifest).total(),
        manifest.getTrained(),
        record.getReason());
  }

  private static Row old(Row row) {
    return new Row(
        row.stage,
        row.epoch,
        false,
        row.version,
        row.writtenAt,
        row.signedBy,
        row.bytes,
        row.trained,
        row.reason);
  }

  /** For people: a table, and what was refused. */
  public List<String> lines() {
    Table table =
        new Table("STAGE", "EPOCH", "LIVE", "VERSION", "WRITTEN", "SIGNED BY", "SIZE", "REASON");
    for (Row row : rows) {
      table.add(
          Found.name(row.stage),
          String.valueOf(row.epoch),
          row.live ? "live" : "",
          Digest.brief(row.version),
          row.writtenAt.toString(),
          row.signedBy,
          Sizes.shown(row.bytes),
          row.reason + (row.trained ? "" : " (untrained head)"));
    }
    List<String> lines = new ArrayList<>(table.lines());
    refused.forEach(reason -> lines.add("refused   " + reason));
    return lines;
  }

  public boolean isEmpty() {
    return rows.isEmpty() && refused.isEmpty();
  }

  /** For scripts: {@code {"records": [...], "refused": [...]}}. */
  public String json() {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode records = root.putArray("records");
    for (Row row : rows) {
      records
          .addObject()
          .put("stage", Found.name(row.stage))
          .put("epoch", row.epoch)
          .put("live", row.live)
          .put("version", row.version)
          .put("writtenAt", row.writtenAt.toString())
          .put("signedBy", row.signedBy)
          .put("bytes", row.bytes)
          .put("trained", row.trained)
          .put("reason", row.reason);
    }
    ArrayNode passed = root.putArray("refused");
    refused.forEach(passed::add);
    return root.toPrettyString();
  }
}
