package io.headwater.ops.data;

import java.time.Instant;
import java.util.Optional;

/**
 * One e-mail, of which only the time of arrival and readable text are kept: headers, and with them
 * the addresses of real people, end here, and addresses and links in the text become words.
 *
 * @param arrival empty where no header has a believable date
 */
record Mail(Optional<Instant> arrival, String subject, String body) {
  private static final int MAX_RAW = 20_000;
  private static final int MAX_CLEAN = 4_000;

  static Mail parse(String raw) {
    String text = raw.replace("\r\n", "\n").replace('\r', '\n');
    int end = text.indexOf("\n\n");
    MailHeaders headers = MailHeaders.parse(end < 0 ? text : text.substring(0, end));
    String body = end < 0 ? "" : text.substring(end + 2);
    return new Mail(
        MailDates.arrival(headers),
        clean(MailText.header(headers.first("subject").orElse(""))),
        clean(MailText.body(headers, body)));
  }

  /** White space is folded, and runs of one punctuation mark shrink to one. */
  private static String clean(String text) {
    String clean =
        (text.length() > MAX_RAW ? text.substring(0, MAX_RAW) : text)
            .replaceAll("[\\w.+%-]{1,80}@[\\w.-]{1,80}", "address")
            .replaceAll("(?i)\\b(?:https?|ftp|mailto):/*[^\\s<>\"]+", "link")
            .replaceAll("([^\\w\\s])\\1{2,}", "$1")
            .replaceAll("[\\p{Cntrl}\\s]+", " ")
            .strip();
    return clean.length() > MAX_CLEAN ? clean.substring(0, MAX_CLEAN) : clean;
  }
}
