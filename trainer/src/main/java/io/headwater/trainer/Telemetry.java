package io.headwater.trainer;

import io.headwater.trainer.meter.TrainerMeters;

/** Where the trainer's thread says what it does. */
record Telemetry(TrainerMeters meters, StatusBoard board) {}
