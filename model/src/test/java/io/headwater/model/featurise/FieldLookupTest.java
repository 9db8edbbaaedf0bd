package io.headwater.model.featurise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.schemas.serde.JsonEvents;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FieldLookupTest {
  private final JsonEvents events = new JsonEvents(1 << 20);
  private final FieldLookup id = new FieldLookup(FieldPath.of("id"));

  private @Nullable String text(FieldLookup lookup, String json) {
    return lookup.text(events.decode(json.getBytes(UTF_8)));
  }

  @Test
  void text_inEventsWithOtherFields_isFoundInEach() {
    assertThat(text(id, "{\"id\":\"a\",\"x\":1}")).isEqualTo("a");
    assertThat(text(id, "{\"id\":\"b\",\"x\":2}")).isEqualTo("b");
    assertThat(text(id, "{\"x\":3,\"id\":\"c\"}")).isEqualTo("c");
    assertThat(text(id, "{\"id\":\"\",\"x\":2}")).isEmpty();
  }

  @Test
  void text_thatIsNotThereOrNoPlainText_isToBeAskedFor() throws Exception {
    assertThat(text(id, "{\"x\":1}")).isNull();
    assertThat(text(id, "{\"id\":7}")).isNull();
    assertThat(text(id, "{\"id\":null}")).isNull();
    assertThat(text(id, "{\"id\":\"a\\n\"}")).isNull();
    assertThat(text(new FieldLookup(FieldPath.of("id.of")), "{\"id\":{\"of\":\"a\"}}")).isNull();
    JsonNode tree = new ObjectMapper().readTree("{\"id\":\"a\"}");
    assertThat(id.text(tree)).isNull();
  }
}
