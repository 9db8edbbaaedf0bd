package io.headwater.ops.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailTest {
  private static Instant arrival(String headers) {
    return Mail.parse(headers + "\n\nbody").arrival().orElseThrow();
  }

  @Test
  void arrival_severalReceived_isTheFirst() {
    assertThat(
            arrival(
                """
                From someone@example.org  Thu Aug 22 13:17:22 2002
                Received: from a (b [127.0.0.1])
                \tby c (Postfix) with ESMTP id 1
                \tfor <someone@example.org>; Thu, 22 Aug 2002 08:17:21 -0400 (EDT)
                Received: from d by e; Sat, 24 Aug 2002 09:42:10 +0900
                Date: Wed, 21 Aug 2002 20:31:57 -1600"""))
        .isEqualTo("2002-08-22T12:17:21Z");
  }

  @Test
  void arrival_firstReceivedHasAWrongClock_isTheNext() {
    assertThat(
            arrival(
                "Received: by a; Thu, 1 Jan 1970 00:00:01 GMT\n"
                    + "Received: by b; 3 Feb 02 04:05 EST"))
        .isEqualTo("2002-02-03T09:05:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "'Mon, 30 Sep 2002 13:43:46 +0100', 2002-09-30T12:43:46Z",
    "'Mon, 30 Sep 2002 13:43:46 +0530', 2002-09-30T08:13:46Z",
    "'30-Sep-02 13:43:46 PDT', 2002-09-30T20:43:46Z",
    "'Mon, 30 September 102 13:43', 2002-09-30T13:43:00Z",
    "'Mon, 30 Sep 2002 13:43:60 IST', 2002-09-30T12:43:59Z",
  })
  void arrival_noReceived_isTheDateHeader(String date, Instant expected) {
    assertThat(arrival("Subject: x\nDate: " + date)).isEqualTo(expected);
  }

  @Test
  void arrival_noUsableHeader_isTheFolderLine() {
    assertThat(arrival("From a@b.org  Thu Aug 22 13:17:22 2002\nDate: 31 Feb 2002 25:00"))
        .isEqualTo("2002-08-22T13:17:22Z");
  }

  @Test
  void arrival_nothingBelievable_isEmpty() {
    assertThat(Mail.parse("Date: 1 Jan 2099 00:00:00 GMT\n\nx").arrival()).isEmpty();
    assertThat(Mail.parse("").arrival()).isEmpty();
  }

  @Test
  void parse_anyMail_dropsHeadersAndMasksAddressesAndLinks() {
    Mail mail =
        Mail.parse(
            """
            From: Jane Doe <jane.doe@example.org>
            X-Originating-IP: 192.0.2.1
            Subject: =?iso-8859-1?Q?Caf=E9_?= =?utf-8?B?w6TDtg==?=

            Write to john@example.org   or see http://example.org/x?id=1 !!!!
            """);

    assertThat(mail.subject()).isEqualTo("Café äö");
    assertThat(mail.body()).isEqualTo("Write to address or see link !");
    assertThat(mail.toString()).doesNotContain("example.org", "Jane", "192.0.2.1");
  }

  @Test
  void parse_multipart_takesTheFirstReadablePart() {
    Mail mail =
        Mail.parse(
            """
            Subject: parts
            Content-Type: multipart/mixed; boundary="b1"

            preamble
            --b1
            Content-Type: image/png
            Content-Transfer-Encoding: base64

            AAAA
            --b1
            Content-Type: multipart/alternative;
             boundary=b2

            --b2
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <html><style>p { }</style><p>Caf=C3=A9 &amp; so=
             on</p></html>
            --b2--
            --b1--
            """);

    assertThat(mail.body()).isEqualTo("Café & so on");
  }

  @Test
  void parse_codedWrongly_keepsWhatCanBeRead() {
    assertThat(
            Mail.parse("Content-Type: text/plain; charset=no-such\n\nplain <not a tag> =ZZ").body())
        .isEqualTo("plain <not a tag> =ZZ");
    assertThat(Mail.parse("Content-Transfer-Encoding: base64\n\nSGVsbG8=!").body())
        .isEqualTo("Hello");
    assertThat(Mail.parse("Content-Type: multipart/mixed; boundary=x\n\nno part").body())
        .isEqualTo("no part");
  }

  @Test
  void parse_veryLong_isCut() {
    assertThat(Mail.parse("Subject: x\n\n" + "word ".repeat(100_000)).body()).hasSize(4_000);
  }
}
