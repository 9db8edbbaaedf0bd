package io.headwater.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.featurise.FeatureException;
import io.headwater.model.runtime.LoadedModel;
import io.headwater.schemas.serde.JsonEvents;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That numbers read off an event's bytes are those read off its tree, refusals included. */
class LazyFeaturesTest {
  private final Workload workload = Workloads.numbers(4, 1);
  private final LoadedModel model = LoadedModel.load(workload.version());
  private final JsonEvents events = new JsonEvents(1 << 20);

  private String features(JsonNode event) {
    try {
      return Arrays.toString(model.featurise(event).numbers());
    } catch (FeatureException e) {
      return e.isMissing() + " " + e.getMessage();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "-0",
        "-0.0",
        "1.25",
        "-1e3",
        "12345678901234567890",
        "9007199254740993",
        "0.12345678901234567890",
        "1e400",
        "1e39",
        "true",
        "false",
        "null",
        "\"\"",
        "\"1.5\"",
        "\"x\"",
        "{\"b\":1}",
        "[1]",
        "1,\"a\":2",
        "1,\"a\":null",
        "1,\"b\":7"
      })
  void featurise_ofAnEventReadLazily_isThatOfTheTree(String value) throws Exception {
    for (int i = 0; i < 4; i++) {
      String row = new String(workload.event().apply(i), UTF_8);
      for (String changed :
          new String[] {
            row.replaceFirst("\"a\":[^,]*", "\"a\":" + value), row.replaceFirst("\"c\":[^,]*,", "")
          }) {
        byte[] bytes = changed.getBytes(UTF_8);
        assertThat(features(events.decode(bytes)))
            .as(changed)
            .isEqualTo(features(new ObjectMapper().readTree(bytes)));
      }
    }
    model.close();
  }
}
