package io.headwater.model.sign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A folder of keys: for each {@code NAME.key}, a private key that its owner alone can read, and
 * {@code NAME.pub}, to be passed on; and {@code trust.yaml}, which says who is believed.
 *
 * @param path made where something is first written
 */
public record KeyFolder(Path path) {
  /** The key that is made and trusted unasked. */
  public static final String DEFAULT_KEY = "default";

  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
  private static final String SECRET = ".key";
  private static final String PUBLIC = ".pub";

  /**
   * Who is believed.
   *
   * @throws KeyFileException where the file is there and can't be read
   */
  public TrustFile trust() {
    return new TrustFile(path.resolve("trust.yaml"));
  }

  /** Names of the keys that can sign here, in their order. */
  public List<String> names() {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(SECRET) && !file.startsWith("."))
          .map(file -> file.substring(0, file.length() - SECRET.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new KeyFileException("the keys in " + path + " can't be listed (" + e + ")", e);
    }
  }

  public boolean holds(String name) {
    return Files.exists(secretFile(name));
  }

  /** Where a key's public half lies. */
  public Path publicFile(String name) {
    return path.resolve(checked(name) + PUBLIC);
  }

  /** Where a key's private half lies. */
  public Path secretFile(String name) {
    return path.resolve(checked(name) + SECRET);
  }

  /**
   * A stored key.
   *
   * @throws KeyFileException where there is none of that name, others may read it, or it is damaged
   */
  public Signer signer(String name) {
    Path file = secretFile(name);
    if (!holds(name)) {
      throw new KeyFileException(
          "there is no key %s: headwater keys generate %s --keys %s makes it"
              .formatted(file, name, path));
    }
    String text = KeyFiles.readPrivate(file);
    try {
      return Signer.of(Pem.read(text, Pem.PRIVATE), Ed25519Key.of(Pem.read(text, Pem.PUBLIC)));
    } catch (IllegalArgumentException e) {
      throw new KeyFileException("the key file " + file + " is damaged: " + e.getMessage());
    }
  }

  /**
   * Makes a key and trusts it here, unless one of that name is here already.
   *
   * @param scope what the new key is trusted for
   * @return the key of that name, and whether it is new
   */
  public Made make(String name, UnaryOperator<TrustedKey> scope) {
    Signer fresh = Signer.generate();
    TrustedKey key = scope.apply(TrustedKey.forAll(name, fresh.key()));
    Made made =
        KeyFiles.alone(
            path,
            () -> {
              if (holds(name)) {
                return new Made(signer(name), false);
              }
              String shown = Pem.write(Pem.PUBLIC, fresh.key().encoded());
              KeyFiles.write(publicFile(name), shown);
              KeyFiles.writePrivate(
                  secretFile(name), Pem.write(Pem.PRIVATE, fresh.secret()) + shown);
              return new Made(fresh, true);
            });
    if (made.isNew()) {
      Trust unused = trust().change(trust -> trust.with(key));
    }
    return made;
  }

  /** A key, and whether it was made just now. */
  public record Made(Signer signer, boolean isNew) {}

  /**
   * A public key as its owner passes it on: a {@code .pub} file.
   *
   * @throws KeyFileException where the file holds none
   */
  public static Ed25519Key readPublic(Path file) {
    try {
      return Ed25519Key.of(Pem.read(KeyFiles.read(file), Pem.PUBLIC));
    } catch (IllegalArgumentException e) {
      throw new KeyFileException(
          "%s holds no Ed25519 public key (%s): give the .pub file that `headwater keys generate`"
                  .formatted(file, e.getMessage())
              + " wrote",
          e);
    }
  }

  private static String checked(String name) {
    if (!name.matches(NAME)) {
      throw new KeyFileException(
          "key name '%s' must be 1 to 64 letters, digits, '.', '-' or '_'".formatted(name));
    }
    return name;
  }
}
