package io.headwater.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.pipeline.Memory;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.ops.UserError;
import io.headwater.ops.data.LabelledItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DemosTest {
  @TempDir Path directory;

  private Path rows(int count, int labels) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("text\tlabel");
    for (int i = 0; i < count; i++) {
      lines.add("text " + i + "\tlabel" + i % labels);
    }
    return Files.write(directory.resolve("rows.tsv"), lines);
  }

  @ParameterizedTest
  @EnumSource(Demos.Name.class)
  void pipeline_ofEachDemo_isAValidFile(Demos.Name name) {
    Pipeline pipeline = Demos.pipeline(name);

    assertThat(pipeline.name()).isEqualTo(name.name());
    assertThat(pipeline.labels()).hasSize(2);
  }

  private static List<LabelledItem> items(String prefix, int count) {
    List<LabelledItem> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(new LabelledItem(prefix + i, Instant.EPOCH, Map.of(), "ham"));
    }
    return items;
  }

  private void assertGuarded(DemoPlan plan, List<LabelledItem> task) throws IOException {
    assertThat(plan.guard()).hasSize(300).doesNotContainAnyElementsOf(plan.source());
    assertThat(plan.source()).hasSize(task.size() - 300);
    assertThat(task).containsAll(plan.source()).containsAll(plan.guard());
    Memory memory = plan.in(directory).pipeline().training().memory();
    assertThat(memory.guard()).isEqualTo(directory.resolve("guard.jsonl"));
    assertThat(memory.rehearsal()).isEqualTo(directory.resolve("source.jsonl"));
    assertThat(Files.readAllLines(memory.guard())).hasSize(300);
    assertThat(Files.readAllLines(memory.rehearsal()))
        .hasSize(task.size() - 300)
        .first()
        .asString()
        .contains("\"label\":\"ham\"");
  }

  @Test
  void spam_mails_areSplitAfterTheFirstThousand_someOfWhichGuard() throws IOException {
    List<LabelledItem> mails = items("m", 1300);

    DemoPlan plan = Demos.spam(mails);

    assertGuarded(plan, mails.subList(0, 1000));
    assertThat(plan.stream()).hasSize(300).first().isEqualTo(mails.get(1000));
    assertThat(plan.labelDelay()).isEqualTo(250);
    assertThat(plan.pipeline().training().trigger()).isEqualTo(250);
    assertThat(plan.labelsKnownAt(250)).isZero();
    assertThat(plan.labelsKnownAt(251)).isEqualTo(1);
  }

  @Test
  void reviews_movies_areTheSourceTask_someOfWhichGuard() throws IOException {
    DemoPlan plan = Demos.reviews(subject -> items(subject.name(), 400));

    assertGuarded(plan, items("IMDB", 400));
    assertThat(plan.stream())
        .startsWith(items("AMAZON", 400).toArray(LabelledItem[]::new))
        .endsWith(items("YELP", 400).toArray(LabelledItem[]::new));
  }

  @Test
  void withEvents_fewerThanThereAre_dropsTheLastPhases() {
    LabelledItem item = new LabelledItem("a", null, Map.of(), "negative");
    DemoPlan plan =
        new DemoPlan(
            "reviews",
            Demos.pipeline(Demos.Name.reviews),
            List.of(),
            List.of(),
            List.of(
                new DemoPlan.Phase("one", List.of(item, item)),
                new DemoPlan.Phase("two", List.of(item))),
            100);

    assertThat(plan.withEvents(2).phases()).extracting(DemoPlan.Phase::name).containsExactly("one");
    assertThat(plan.withEvents(9).events()).isEqualTo(3);
  }

  @Test
  void onFile_ownLabels_becomeThePipelines() throws IOException {
    DemoPlan plan = Demos.onFile(Demos.Name.spam, rows(200, 3));

    assertThat(plan.pipeline().labels()).containsExactly("label0", "label1", "label2");
    assertThat(plan.pipeline().event().time()).isEqualTo("$timestamp");
    assertThat(plan.source()).hasSize(40);
    assertThat(plan.events()).isEqualTo(160);
  }

  @Test
  void onFile_tooFewRows_isAUserError() throws IOException {
    Path file = rows(20, 2);

    assertThatThrownBy(() -> Demos.onFile(Demos.Name.spam, file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("20 rows");
  }

  @Test
  void event_ofAMail_hasItsFieldsAndNotItsLabel() throws IOException {
    JsonNode event =
        new ObjectMapper()
            .readTree(
                Feeder.event(
                    new LabelledItem(
                        "m1",
                        Instant.parse("2002-03-01T00:00:00Z"),
                        Map.of("subject", "S"),
                        "spam")));

    assertThat(event).hasSize(3);
    assertThat(event.path("id").asText()).isEqualTo("m1");
    assertThat(event.path("time").asText()).isEqualTo("2002-03-01T00:00:00Z");
    assertThat(event.path("subject").asText()).isEqualTo("S");
  }

  @Test
  void sampleEvent_ofEachDemo_hasTheFieldsThatThePipelineReads() {
    assertThat(Demos.sampleEvent(Demos.pipeline(Demos.Name.spam)))
        .contains("\"id\"", "\"time\"", "\"subject\"", "\"body\"");
    assertThat(Demos.sampleEvent(Demos.pipeline(Demos.Name.reviews)))
        .contains("\"text\"")
        .doesNotContain("\"time\"", "'");
  }
}
