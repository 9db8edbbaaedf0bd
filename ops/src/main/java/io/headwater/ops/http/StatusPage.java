package io.headwater.ops.http;

/** The page that a browser gets: how the part is, and where else to look. */
final class StatusPage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <meta http-equiv="refresh" content="5">
      <title>Headwater {title}: {state}</title>
      <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1b2a32 }
        h1 { font-size: 1.3rem; margin-bottom: 0 }
        .state { display: inline-block; padding: .1rem .7rem; border-radius: 1rem; color: #fff; background: {colour} }
        dt { color: #5b6b73; margin-top: 1rem }
        dd { margin: 0; overflow-wrap: anywhere }
      </style>
      <h1>Headwater {title}</h1>
      <p><span class="state">{state}</span></p>
      <p>{detail}</p>
      <dl>
        {version}
        <dt>For machines</dt>
        <dd><a href="metrics">metrics</a> &middot; <a href="health/ready">health/ready</a> &middot; <a href="health/live">health/live</a></dd>
      </dl>
      </html>
      """;

  private static final String VERSION = "<dt>Version in force</dt><dd>%s</dd>";

  private StatusPage() {}

  static String of(String title, Health health) {
    String colour = health.ready() ? "#1a7f4b" : health.live() ? "#9a6700" : "#b3261e";
    String version = health.version();
    return PAGE.replace("{colour}", colour)
        .replace("{title}", escaped(title))
        .replace("{state}", escaped(health.state()))
        .replace("{detail}", escaped(health.detail()))
        .replace("{version}", version == null ? "" : VERSION.formatted(escaped(version)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("{", "&#123;");
  }
}
