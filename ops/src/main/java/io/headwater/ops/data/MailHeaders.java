package io.headwater.ops.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The header lines of an e-mail or of one of its parts, unfolded.
 *
 * @param mbox the line that mail folders put before the first header, empty where there is none
 */
record MailHeaders(String mbox, List<Header> all) {
  /** A header; the name in lower case. */
  record Header(String name, String value) {}

  MailHeaders {
    all = List.copyOf(all);
  }

  /** Reads lines up to the empty one; what is no header is passed over. */
  static MailHeaders parse(String lines) {
    List<Header> headers = new ArrayList<>();
    String mbox = lines.startsWith("From ") ? lines.lines().findFirst().orElse("") : "";
    for (String line : lines.split("\n", -1)) {
      if (!line.isEmpty() && Character.isWhitespace(line.charAt(0))) {
        if (!headers.isEmpty()) {
          Header folded = headers.remove(headers.size() - 1);
          headers.add(new Header(folded.name(), folded.value() + " " + line.strip()));
        }
        continue;
      }
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).indexOf(' ') < 0) {
        headers.add(
            new Header(
                line.substring(0, colon).toLowerCase(Locale.ROOT),
                line.substring(colon + 1).strip()));
      }
    }
    return new MailHeaders(mbox, headers);
  }

  /** The first header's value. */
  Optional<String> first(String name) {
    return all.stream().filter(header -> header.name().equals(name)).map(Header::value).findFirst();
  }

  List<String> every(String name) {
    return all.stream().filter(header -> header.name().equals(name)).map(Header::value).toList();
  }
}
