package io.headwater.ops.command;

import io.headwater.model.sign.Ed25519Key;
import io.headwater.model.sign.KeyFolder;
import io.headwater.model.sign.Trust;
import io.headwater.model.sign.TrustedKey;
import io.headwater.ops.UserError;
import io.headwater.schemas.Stage;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes keys, and says whose signatures are believed. */
@Command(
    name = "keys",
    header = "Make the keys that sign models, and say which are trusted.",
    description = {
      "A scorer runs only what a trusted key has signed. train makes and trusts a key of its own on"
          + " its machine; on another machine, trust that key's public half once."
    })
final class KeysCommand implements Offline {
  private final Clock clock = Clock.systemUTC();

  @Spec private CommandSpec spec = CommandSpec.create();

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  @Command(
      name = "generate",
      header = "Make a key, and trust it here.",
      description = "The private key stays in a file that its owner alone can read.")
  int generate(
      @Mixin KeysOption keys,
      @Mixin TrustScope scope,
      @Parameters(
              paramLabel = "NAME",
              arity = "0..1",
              defaultValue = KeyFolder.DEFAULT_KEY,
              description = "The key's name (default: ${DEFAULT-VALUE}).")
          String name,
      @Option(names = "--if-none", description = "Do nothing where there is one of that name.")
          boolean ifNone) {
    KeyFolder folder = keys.folder();
    KeyFolder.Made own = folder.make(name, scope::of);
    Ed25519Key key = own.signer().key();
    if (!own.isNew()) {
      if (ifNone) {
        out().println("there is a key %s already: %s".formatted(name, key.id()));
        return 0;
      }
      throw new UserError(
          "there is a key %s already: %s".formatted(name, folder.secretFile(name)),
          "give the new one another name");
    }
    out().println("made and trusted the key %s (%s)".formatted(key.id(), name));
    out().println("  private  %s  keep it to this machine".formatted(folder.secretFile(name)));
    out().println("  public   %s".formatted(folder.publicFile(name)));
    out().println("To trust it on another machine:");
    TrustedKey made = scope.of(TrustedKey.forAll(name, key));
    out()
        .println(
            "  headwater keys trust --name %s %s%s".formatted(name, key.text(), options(made)));
    return 0;
  }

  /** The options that trust a key for what it is trusted for here. */
  private static String options(TrustedKey key) {
    StringBuilder options = new StringBuilder();
    if (!key.pipelines().contains(TrustedKey.ANY)) {
      options.append(" --pipelines ").append(pipelines(key));
    }
    if (!key.stages().equals(EnumSet.allOf(Stage.class))) {
      options.append(" --stages ").append(stages(key));
    }
    if (key.until() != null) {
      options.append(" --until ").append(key.until());
    }
    return options.toString();
  }

  @Command(
      name = "trust",
      header = "Believe what a key signs.",
      description = "For a key that is trusted already, what it is trusted for is set anew.")
  int trust(
      @Mixin KeysOption keys,
      @Mixin TrustScope scope,
      @Parameters(
              paramLabel = "KEY",
              description = "A .pub file, or the public key's text as `keys list` shows it.")
          String given,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              description = "What to call it (default: the name it has, or the file's).")
          @Nullable String name,
      @Option(
              names = "--if-none",
              description = "Do nothing where the key is known here, be it retired.")
          boolean ifNone) {
    Path file = file(given);
    Ed25519Key key = file == null ? parse(given) : KeyFolder.readPublic(file);
    if (ifNone && keys.folder().trust().get().find(key.id()).isPresent()) {
      out().println("the key %s is known already".formatted(key.id()));
      return 0;
    }
    Trust unused =
        keys.folder()
            .trust()
            .change(
                trust -> {
                  TrustedKey trusted =
                      scope.of(TrustedKey.forAll(name(name, trust, key, file), key));
                  out().println("trusted the key " + scope(trusted));
                  return trust.with(trusted);
                });
    return 0;
  }

  private static @Nullable Path file(String given) {
    try {
      Path file = Path.of(given);
      return Files.exists(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static Ed25519Key parse(String text) {
    try {
      return Ed25519Key.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "there is no file %s, and it is no public key either".formatted(text),
          "give the .pub file, or the text that `headwater keys list` shows where the key was made",
          e);
    }
  }

  private static String name(
      @Nullable String wanted, Trust trust, Ed25519Key key, @Nullable Path file) {
    if (wanted != null) {
      return wanted;
    }
    String otherwise =
        file == null ? key.id() : file.getFileName().toString().replaceFirst("\\.pub$", "");
    return trust.find(key.id()).map(TrustedKey::name).orElse(otherwise);
  }

  private static String scope(TrustedKey key) {
    return "%s (%s) for %s of %s"
        .formatted(key.key().id(), key.name(), stages(key), pipelines(key));
  }

  @Command(
      name = "list",
      header = "Show the keys that are trusted here, and which of them can sign here.")
  int list(@Mixin KeysOption keys) {
    KeyFolder folder = keys.folder();
    Map<String, String> own = new HashMap<>();
    for (String name : folder.names()) {
      own.put(folder.signer(name).key().id(), name);
    }
    List<TrustedKey> trusted = folder.trust().get().keys();
    if (trusted.isEmpty()) {
      out().println("no key is trusted in " + folder.path());
    } else {
      row("ID", "NAME", "SIGNS", "PIPELINES", "STAGES", "UNTIL");
    }
    for (TrustedKey key : trusted) {
      boolean signs = own.remove(key.key().id()) != null;
      row(
          key.key().id(),
          key.name(),
          signs ? "here" : "-",
          pipelines(key),
          stages(key),
          key.revoked() ? "revoked" : key.until() == null ? "-" : key.until().toString());
      out().println("  " + key.key().text());
    }
    own.forEach(
        (id, name) ->
            out()
                .println(
                    "%s (%s) can sign here but is not trusted: headwater keys trust %s"
                        .formatted(id, name, folder.publicFile(name))));
    return 0;
  }

  private void row(String... cells) {
    out()
        .println(
            String.format(Locale.ROOT, "%-16s  %-16s  %-5s  %-14s  %-32s  %s", (Object[]) cells)
                .stripTrailing());
  }

  private static String pipelines(TrustedKey key) {
    return key.pipelines().contains(TrustedKey.ANY)
        ? "all pipelines"
        : String.join(",", new TreeSet<>(key.pipelines()));
  }

  private static String stages(TrustedKey key) {
    return key.stages().equals(EnumSet.allOf(Stage.class))
        ? "every stage"
        : key.stages().stream()
            .sorted()
            .map(stage -> stage.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(","));
  }

  @Command(
      name = "retire",
      header = "Believe a key no longer.",
      description = {
        "What it signed before, by the broker's clock, is still believed, so that what is in"
            + " production stays. Do so on every machine that trusts the key."
      })
  int retire(
      @Mixin KeysOption keys,
      @Parameters(paramLabel = "KEY", description = "Its id, or its name.") String which,
      @Option(
              names = "--compromised",
              description =
                  "Believe nothing that it ever signed. Publish or promote again with another key"
                      + " first: a scorer that starts later runs nothing else.")
          boolean compromised) {
    Trust unused =
        keys.folder()
            .trust()
            .change(
                trust -> {
                  TrustedKey key = find(trust, which);
                  TrustedKey changed =
                      compromised
                          ? key.asRevoked()
                          : key.retiredAt(clock.instant().truncatedTo(ChronoUnit.SECONDS));
                  out()
                      .println(
                          compromised
                              ? "revoked the key %s (%s): nothing that it signed is believed"
                                  .formatted(key.key().id(), key.name())
                              : "retired the key %s (%s): what is signed after %s is not believed"
                                  .formatted(key.key().id(), key.name(), changed.until()));
                  return trust.with(changed);
                });
    return 0;
  }

  private static TrustedKey find(Trust trust, String which) {
    List<TrustedKey> found =
        trust.keys().stream()
            .filter(key -> key.key().id().equals(which) || key.name().equals(which))
            .toList();
    if (found.size() != 1) {
      throw new UserError(
          found.isEmpty()
              ? "no trusted key has the id or name " + which
              : found.size() + " trusted keys are called " + which,
          "give one of the ids that `headwater keys list` shows");
    }
    return found.get(0);
  }
}
