package io.headwater.ops.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A directory for a search path, with a client that is a shell script. */
record FakeClient(Path directory) {
  /** Puts a command on the path; {@code script} is run in the download directory. */
  FakeClient with(String name, String script) throws IOException {
    Path command = directory.resolve(name);
    Files.writeString(command, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    return this;
  }

  PackageClients clients() {
    return new PackageClients(directory.toString(), null);
  }
}
