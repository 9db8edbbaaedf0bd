package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Instant PUBLISHED = Instant.parse("2026-11-24T00:00:00Z");

  private static Report report(Report.Counts counts) {
    return new Report(
        "spam",
        counts,
        List.of(
            new Report.Version(
                "ab".repeat(32), "PRODUCTION", PUBLISHED, PUBLISHED, 10, 20, 0.5, 0.9),
            new Report.Version("cd".repeat(32), "CANDIDATE", PUBLISHED, null, 11, 21, null, null)),
        3,
        "accuracy 0.5 is worse; no part gains",
        0.92,
        0.67,
        0.61,
        0.91,
        Double.NaN,
        List.of(new Report.Phase("e-mails", 4, 0.92, 0.67, new PairedDifference(0.25, 0.2, 0.3))),
        Duration.ofMillis(2500),
        40.5,
        new Latencies(Duration.ofMillis(80), Duration.ofMillis(900)));
  }

  private static final Report.Counts CLEAN = new Report.Counts(4, 4, 0, 0, 0, 0, 4);

  @Test
  void json_hasTheFiguresByTheirNames() throws IOException {
    JsonNode json = new ObjectMapper().readTree(ReportJson.of(report(CLEAN)));

    assertThat(json.fieldNames())
        .toIterable()
        .contains(
            "events",
            "scored",
            "deadLettered",
            "lost",
            "duplicated",
            "labelsJoined",
            "versions",
            "accuracyLive",
            "accuracyFrozen",
            "accuracyMajority",
            "accuracyRefit",
            "accuracyFromScratch",
            "eventsPerSecond",
            "latency",
            "phases");
    assertThat(json.path("versions").path(0).fieldNames())
        .toIterable()
        .containsExactly(
            "version",
            "stage",
            "publishedAt",
            "firstScoreAt",
            "bytesPublished",
            "trainedOn",
            "holdout",
            "guard");
    assertThat(json.path("versions").path(1).path("firstScoreAt").isNull()).isTrue();
    assertThat(json.path("versions").path(1).path("holdout").isNull()).isTrue();
    assertThat(json.path("accuracyRefit").asDouble()).isEqualTo(0.91);
    assertThat(json.path("accuracyFromScratch").isNull()).isTrue();
    assertThat(json.path("latency").path("p99").asDouble()).isEqualTo(900);
    assertThat(json.path("phases").path(0).path("learningHelped").asText()).isEqualTo("yes");
  }

  @Test
  void failures_cleanRun_areNone() {
    assertThat(report(CLEAN).failures()).isEmpty();
  }

  @Test
  void failures_lossDoubleAndMissingLabel_areEachNamed() {
    assertThat(report(new Report.Counts(4, 3, 0, 1, 2, 0, 3)).failures())
        .containsExactly(
            "1 events were lost",
            "2 events were answered more than once",
            "1 labels were not joined");
  }

  @Test
  void summary_saysPerPhaseWhetherLearningHelped() {
    assertThat(Summary.of(report(CLEAN)))
        .anyMatch(line -> line.contains("Did learning help on e-mails? Yes: +25.0 points"))
        .anyMatch(line -> line.contains("0 lost, 0 duplicated"))
        .anyMatch(line -> line.contains("refit") && line.endsWith("0.910"))
        .anyMatch(line -> line.contains("from scratch") && line.endsWith("not known"))
        .containsSubsequence(
            "The last training that published nothing, and why:",
            "  accuracy 0.5 is worse",
            "  no part gains");
  }

  @Test
  void latencies_ofHundred_areByNearestRank() {
    long[] nanos = new long[100];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = 100L - i;
    }

    assertThat(Latencies.of(nanos))
        .isEqualTo(new Latencies(Duration.ofNanos(50), Duration.ofNanos(99)));
    assertThat(Latencies.of(new long[0]).p99()).isZero();
  }
}
