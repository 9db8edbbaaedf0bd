package io.headwater.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headwater.model.pack.ModelPackage;
import io.headwater.model.pipeline.Pipeline;
import io.headwater.model.runtime.Crossing;
import io.headwater.model.runtime.Prefix;
import io.headwater.schemas.serde.JsonEvents;
import io.headwater.trainer.replay.CrossingFiles;
import io.headwater.trainer.replay.EventAt;
import io.headwater.trainer.replay.ReplayExample;
import io.headwater.trainer.replay.SkipReason;
import io.headwater.trainer.round.Contender;
import io.headwater.trainer.tune.Chains;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LessonsTest {
  private final Map<EventAt, JsonNode> topic = new HashMap<>();
  private int looked;

  @TempDir private Path folder;

  private List<ReplayExample> examples(int count, float @Nullable [] activation) {
    Random random = new Random(4);
    List<ReplayExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      EventAt at = new EventAt("p.events", 0, i);
      topic.put(at, Chains.event(random.doubles(8, -1, 1).toArray()));
      examples.add(
          new ReplayExample("e" + i, 0, i, i, i % 2, 1, activation, 0, i, at, "", 0, List.of()));
    }
    return examples;
  }

  private CrossingFiles kept() {
    return CrossingFiles.open(folder, 1 << 20);
  }

  private Lessons lessons(Pipeline pipeline, long maxBytes) {
    return new Lessons(
        pipeline, new Recomputation(this::read, new JsonEvents(1 << 20), maxBytes, kept()));
  }

  private void read(
      List<EventAt> wanted, BiConsumer<EventAt, byte[]> each, BooleanSupplier cancelled) {
    for (EventAt at : wanted) {
      JsonNode event = topic.get(at);
      if (event != null && !cancelled.getAsBoolean()) {
        looked++;
        each.accept(at, event.toString().getBytes(UTF_8));
      }
    }
  }

  private static Pipeline pipeline(String freeze) {
    return Chains.vectors("training: { freeze: %s }\n".formatted(freeze));
  }

  private static Champion champion(Pipeline pipeline) {
    return Champion.of(Chains.asIs(pipeline, Chains.mlp(3, 8, 16, 6, 2)), pipeline);
  }

  @Test
  void prepare_deeper_runsThePrefixOncePerEventAndRemembers() throws Exception {
    Pipeline pipeline = pipeline("segments:2");
    Champion champion = champion(pipeline);
    Lessons lessons = lessons(pipeline, 1 << 20);
    List<ReplayExample> examples = examples(30, new float[6]);
    Lesson lesson = lessons.prepare(champion, examples, () -> false);
    assertThat(lesson.freeze().freeze()).isEqualTo("segments:2");
    assertThat(looked).isEqualTo(30);
    lessons.prepare(champion, examples, () -> false);
    assertThat(looked).as("remembered").isEqualTo(30);
    ModelPackage model = champion.model();
    try (Prefix prefix = Prefix.open(model, 2)) {
      Crossing alone = prefix.run(topic.get(new EventAt("p.events", 0, 7)));
      assertThat(lesson.contenders().get(0).rows().get(7).values())
          .isEqualTo(alone.values())
          .hasSize(16);
    }
  }

  @Test
  void prepare_noActivationLogged_recomputesTheHeadsToo() {
    Pipeline pipeline =
        Chains.vectors("feedback: { activations: recompute }\ntraining: { freeze: head }\n");
    Champion champion = champion(pipeline);
    assertThat(champion.examples().recomputes()).isTrue();
    Lesson lesson = lessons(pipeline, 1 << 20).prepare(champion, examples(10, null), () -> false);
    assertThat(lesson.examples()).hasSize(10);
    assertThat(lesson.crossing()).allSatisfy(row -> assertThat(row.values()).hasSize(6));
    assertThat(lesson.contenders()).isEmpty();
  }

  @Test
  void prepare_fewEventsGone_leavesThoseExamplesOutAndCountsThem() {
    Pipeline pipeline = pipeline("all");
    List<ReplayExample> examples = examples(30, new float[6]);
    topic.remove(new EventAt("p.events", 0, 3));
    Lesson lesson = lessons(pipeline, 1 << 20).prepare(champion(pipeline), examples, () -> false);
    assertThat(lesson.freeze().freeze()).isEqualTo("all");
    assertThat(lesson.examples()).hasSize(29).doesNotContain(examples.get(3));
    assertThat(lesson.contenders().get(0).rows()).hasSize(29);
    assertThat(lesson.gone()).containsExactly(SkipReason.EVENT_GONE);
  }

  @Test
  void prepare_manyEventsGone_trainsTheHeadAndSaysWhy() {
    Pipeline pipeline = pipeline("all");
    List<ReplayExample> examples = examples(30, new float[6]);
    topic.keySet().removeIf(at -> at.offset() < 10);
    Lesson lesson = lessons(pipeline, 1 << 20).prepare(champion(pipeline), examples, () -> false);
    assertThat(lesson.freeze().freeze()).isEqualTo("head");
    assertThat(lesson.freeze().reason()).contains("the events of 10 of 30 examples are gone");
    assertThat(lesson.examples()).hasSize(30);
  }

  @Test
  void prepare_moreThanTheBound_trainsTheHeadAndSaysWhy() {
    Pipeline pipeline = pipeline("segments:2");
    List<ReplayExample> examples = examples(30, new float[6]);
    Lesson lesson = lessons(pipeline, 1_000).prepare(champion(pipeline), examples, () -> false);
    assertThat(lesson.freeze().freeze()).isEqualTo("head");
    assertThat(lesson.freeze().reason()).contains("training.activationBytes");
  }

  @Test
  void prepare_earlierTap_runsTheFirstSegmentsForTheNewHead() throws Exception {
    Pipeline pipeline = pipeline("tap:1");
    Champion champion = champion(pipeline);
    Lesson lesson =
        lessons(pipeline, 1 << 20).prepare(champion, examples(30, new float[6]), () -> false);
    assertThat(lesson.freeze().freeze()).isEqualTo("tap:1");
    assertThat(looked).isEqualTo(30);
    assertThat(lesson.contenders()).singleElement().returns(Contender.NOTHING, Contender::after);
    try (Prefix prefix = Prefix.open(champion.model(), 2)) {
      Crossing alone = prefix.run(topic.get(new EventAt("p.events", 0, 7)));
      assertThat(lesson.contenders().get(0).rows().get(7).values()).isEqualTo(alone.values());
    }
  }

  @Test
  void prepare_afterARestart_takesWhatCrossedFromDisk() {
    Pipeline pipeline = pipeline("segments:2");
    Champion champion = champion(pipeline);
    List<ReplayExample> examples = examples(30, new float[6]);
    List<Crossing> before = first(pipeline, champion, examples);
    assertThat(looked).isEqualTo(30);
    List<Crossing> after = first(pipeline, champion, examples);
    assertThat(looked).as("not run again").isEqualTo(30);
    for (int i = 0; i < 30; i++) {
      assertThat(after.get(i).values()).isEqualTo(before.get(i).values());
    }
  }

  private List<Crossing> first(Pipeline pipeline, Champion champion, List<ReplayExample> examples) {
    try (CrossingFiles kept = kept()) {
      return new Lessons(
              pipeline, new Recomputation(this::read, new JsonEvents(1 << 20), 1 << 20, kept))
          .prepare(champion, examples, () -> false)
          .contenders()
          .get(0)
          .rows();
    }
  }
}
