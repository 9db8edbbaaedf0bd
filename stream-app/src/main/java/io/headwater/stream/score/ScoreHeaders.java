package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.Stage;
import io.headwater.schemas.headers.HeaderNames;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers of scores: the event's own, the version and the stage.
 *
 * <p>Not safe for use by several threads.
 */
final class ScoreHeaders {
  private String version = "";
  private Stage stage = Stage.PRODUCTION;
  private Headers ours = new RecordHeaders();

  /** Headers of one score, not to be changed: others of the same version share them. */
  Headers of(Headers event, String byVersion, Stage byStage) {
    if (!byVersion.equals(version) || byStage != stage) {
      version = byVersion;
      stage = byStage;
      ours =
          new RecordHeaders()
              .add(HeaderNames.MODEL, version.getBytes(UTF_8))
              .add(HeaderNames.STAGE, stage.name().toLowerCase(Locale.ROOT).getBytes(UTF_8));
    }
    if (event.toArray().length == 0) {
      return ours;
    }
    Headers headers = HeaderNames.withoutOurs(event);
    for (Header header : ours) {
      headers.add(header);
    }
    return headers;
  }
}
