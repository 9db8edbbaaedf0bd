package io.headwater.stream.score;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.headwater.schemas.Stage;
import io.headwater.schemas.headers.HeaderNames;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers of scores: the event's own, the version and the stage.
 *
 * <p>Not safe for use by several threads.
 */
final class ScoreHeaders {
  private String version = "";
  private Stage stage = Stage.PRODUCTION;
  private Header[] ours = {};

  /** Headers of one score; a new object each time. */
  Headers of(Headers event, String byVersion, Stage byStage) {
    if (!byVersion.equals(version) || byStage != stage) {
      version = byVersion;
      stage = byStage;
      ours =
          new Header[] {
            new RecordHeader(HeaderNames.MODEL, version.getBytes(UTF_8)),
            new RecordHeader(
                HeaderNames.STAGE, stage.name().toLowerCase(Locale.ROOT).getBytes(UTF_8))
          };
    }
    if (!event.iterator().hasNext()) {
      return new RecordHeaders(ours);
    }
    Headers headers = HeaderNames.withoutOurs(event);
    for (Header header : ours) {
      headers.add(header);
    }
    return headers;
  }
}
