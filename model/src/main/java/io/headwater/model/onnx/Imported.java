package io.headwater.model.onnx;

import io.headwater.model.pack.ModelPackage;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model that was imported, and what its importer should know. */
public final class Imported {
  /** Draws random events that a model can be run on. */
  interface Events {
    Map<String, HostTensor> draw(int batch, Random random);
  }

  private final ModelPackage version;
  private final List<String> notes;
  private final Events events;

  Imported(ModelPackage version, List<String> notes, Events events) {
    this.version = version;
    this.notes = List.copyOf(notes);
    this.events = events;
  }

  public ModelPackage version() {
    return version;
  }

  /** Sentences on what was changed or left out, and on what can't be had of the model. */
  public List<String> notes() {
    return notes;
  }

  /** Random inputs by name; equal seeds give equal ones. */
  public Map<String, HostTensor> randomInputs(int batch, Random random) {
    return events.draw(batch, random);
  }
}
