package io.headwater.ops.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headwater.model.pack.Digest;
import io.headwater.schemas.RolloutDecision;
import io.headwater.schemas.Stage;
import io.headwater.trainer.log.DecisionHistory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Decisions on versions, newest first, for people and for scripts.
 *
 * @param decisions newest first
 */
public record DecisionList(List<RolloutDecision> decisions) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public DecisionList {
    decisions = List.copyOf(decisions);
  }

  /** The last of a history, at most so many. */
  public static DecisionList newest(DecisionHistory history, int limit) {
    List<RolloutDecision> newest = new ArrayList<>(history.decisions());
    Collections.reverse(newest);
    return new DecisionList(newest.subList(0, Math.min(Math.max(1, limit), newest.size())));
  }

  /** A table, or a line that says that there is nothing. */
  public List<String> lines() {
    if (decisions.isEmpty()) {
      return List.of("nothing was decided yet");
    }
    Table table = new Table("DECIDED", "ACTION", "VERSION", "STAGE", "BY", "REASON");
    for (RolloutDecision decision : decisions) {
      table.add(
          decision.getDecidedAt().toString(),
          decision.getAction().name().toLowerCase(Locale.ROOT),
          Digest.brief(decision.getVersion()),
          stage(decision),
          decision.getBy(),
          decision.getReason());
    }
    return table.lines();
  }

  /** An array of objects. */
  public String json() {
    ArrayNode array = JSON.createArrayNode();
    for (RolloutDecision decision : decisions) {
      ObjectNode node =
          array
              .addObject()
              .put("decidedAt", decision.getDecidedAt().toString())
              .put("action", decision.getAction().name().toLowerCase(Locale.ROOT))
              .put("outcome", decision.getOutcome().name().toLowerCase(Locale.ROOT))
              .put("version", decision.getVersion())
              .put("champion", decision.getChampion())
              .put("stage", stage(decision))
              .put("by", decision.getBy())
              .put("reason", decision.getReason());
      ObjectNode evidence = node.putObject("evidence");
      decision.getEvidence().forEach(each -> evidence.put(each.getName(), each.getValue()));
    }
    return array.toPrettyString();
  }

  private static String stage(RolloutDecision decision) {
    Stage stage = decision.getStage();
    return stage == null ? "" : Found.name(stage);
  }
}
